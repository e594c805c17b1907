import type { Flaw } from '../schema/index.ts';

const host = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)$/;

/** The endpoint of a sink: `host:port` for gRPC; for HTTP a URL without credentials, query or fragment. */
export function plainEndpoint(sink: {
  readonly endpoint: string;
  readonly protocol: 'Grpc' | 'Http';
}): readonly Flaw[] {
  const flaw = sink.protocol === 'Http' ? urlFlaw(sink.endpoint) : addressFlaw(sink.endpoint);
  return flaw ? [{ ...flaw, at: '.endpoint' }] : [];
}

/** An http or https URL with a path of its own, for Prometheus remote write. */
export function remoteWriteUrl(url: string): readonly Flaw[] {
  const flaw = urlFlaw(url);
  if (flaw) return [flaw];
  if (new URL(url).pathname !== '/') return [];
  return [{ reason: 'has no path', fix: 'write the whole push URL, such as https://mimir.example.com/api/v1/push' }];
}

function addressFlaw(address: string): Flaw | undefined {
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (!match) return { reason: 'has no port', fix: 'write host:port, such as otel.example.com:4317' };
  if (!host.test(match[1]!))
    return { reason: 'has no valid host', fix: 'write host:port, such as otel.example.com:4317' };
  const port = Number(match[2]);
  if (port < 1 || port > 65_535) return { reason: `has port ${port}`, fix: 'write a port from 1 to 65535' };
  return undefined;
}

function urlFlaw(text: string): Flaw | undefined {
  const fix = 'write a URL such as https://otlp.example.com';
  if (!URL.canParse(text)) return { reason: 'is not a URL', fix };
  const url = new URL(text);
  if (!host.test(url.hostname)) return { reason: 'has no valid host', fix };
  if (url.username || url.password) {
    return { reason: 'holds credentials', fix: 'take them out of the URL; they belong in a Secret' };
  }
  if (url.search || url.hash) return { reason: 'holds a query or fragment', fix: 'write the URL up to its path' };
  return undefined;
}
