import type { AgentConfig } from '../config/index.ts';
import type { Attributes } from '../otlp/index.ts';
import { errorType } from '../red/index.ts';
import type { Item } from './item.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';

/** Attributes that all spans of a series share, https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export function sharedAttributes({ exchange }: Item, route: string): Attributes {
  const { side, method, status } = exchange;
  return {
    'http.request.method': method,
    'http.response.status_code': status === 0 ? undefined : status,
    'http.route': side === 'server' ? route : undefined,
    'url.template': side === 'client' ? route : undefined,
    'url.scheme': 'http',
    'server.port': side === 'server' ? exchange.local.port : exchange.remote.port,
    'error.type': errorType(side, status),
    'network.transport': 'tcp',
  };
}

/** Attributes of one span alone. Headers and query only where the configuration names them. */
export function ownAttributes(item: Item, capture: AgentConfig['capture']): Attributes {
  const { exchange, kept } = item;
  const head: RequestHead = kept ? parseRequestHead(kept.requestHead) : { headers: new Map() };
  const host = hostOf(head) ?? (exchange.side === 'server' ? exchange.local.address : exchange.remote.address);
  const query = capture.query ? head.query : undefined;
  return {
    'server.address': host,
    'url.path': exchange.side === 'server' ? head.path : undefined,
    'url.query': exchange.side === 'server' ? query : undefined,
    'url.full': exchange.side === 'client' ? fullUrl(host, exchange.remote.port, head.path, query) : undefined,
    'client.address': exchange.side === 'server' ? exchange.remote.address : undefined,
    'network.peer.address': exchange.remote.address,
    'network.peer.port': exchange.remote.port,
    'network.protocol.version': head.version,
    'http.request.body.size': exchange.requestBytes,
    'http.response.body.size': exchange.responseBytes,
    ...Object.fromEntries(capture.headers.map((name) => [`http.request.header.${name}`, head.headers.get(name)])),
    // Why there is a span: error, slow, share, or fetched back because a relative was kept.
    'ostack.kept': kept?.verdict ?? 'relative',
  };
}

function hostOf(head: RequestHead): string | undefined {
  const host = head.headers.get('host')?.[0];
  return host === undefined || host === '' ? undefined : host.replace(/:\d+$/, '');
}

function fullUrl(host: string, port: number, path: string | undefined, query: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `http://${name}${port === 80 ? '' : `:${port}`}${path}${query === undefined ? '' : `?${query}`}`;
}
