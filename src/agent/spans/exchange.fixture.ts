import type { FlightSummary, KeptExchange } from '../bpf/contract.ts';
import type { Identity } from '../process/index.ts';
import { itemKey, linkKey, type Item } from './item.ts';

export interface Drawn extends Partial<FlightSummary> {
  readonly startMs?: number;
  readonly durationMs?: number;
}

let sockets = 1n;

/** An exchange of service 1 on a socket of its own; link key and trace id are those of its client's address and sequence. */
export function exchange(drawn: Drawn = {}): FlightSummary {
  const { startMs = 0, durationMs = 1, ...given } = drawn;
  const startNs = BigInt(Math.round(startMs * 1e6));
  const firstNs = startNs + BigInt(Math.round(durationMs * 1e6));
  return {
    serviceId: 1,
    side: 'server',
    protocol: 'http',
    method: 'GET',
    status: 200,
    routeHash: 1n,
    traceId: 'a'.repeat(32),
    startNs,
    firstNs,
    lastNs: firstNs + 1_000_000n,
    tgid: 1,
    requestTid: 1,
    responseTid: 1,
    socket: sockets++,
    local: { address: '10.0.0.1', port: 8080 },
    remote: { address: '10.0.0.2', port: 40_000 },
    requestSequence: Number(sockets),
    requestBytes: 0,
    responseBytes: 0,
    ...given,
  };
}

/** Both ends of one call, each as its own socket sees it. */
export function bothEnds(drawn: Drawn & { client: Partial<FlightSummary>; server: Partial<FlightSummary> }) {
  const { client, server, ...call } = drawn;
  const here = { address: '10.0.0.9', port: 50_000 + Number(sockets % 10_000n) };
  const there = { address: '10.0.0.8', port: 8080 };
  const shared = exchange({ traceId: Number(sockets).toString(16).padStart(32, 'c'), ...call });
  const { requestSequence, traceId } = shared;
  const common = { ...call, requestSequence, traceId };
  return {
    client: exchange({ ...common, local: here, remote: there, ...client, side: 'client' }),
    server: exchange({ ...common, local: there, remote: here, ...server, side: 'server' }),
  };
}

export function kept(summary: FlightSummary, changes: Partial<KeptExchange> = {}): KeptExchange {
  const requestHead = Buffer.from('GET /orders/7?q=1 HTTP/1.1\r\nHost: shop.test:8080\r\nX-Id: 5\r\n\r\n');
  return { ...summary, verdict: 'error', threshold: 0n, requestHead, ...changes };
}

export function itemOf(summary: FlightSummary): Item {
  return {
    key: itemKey(summary),
    link: linkKey(summary),
    exchange: summary,
    arrivedMs: 0,
    identity: undefined,
    emitted: false,
  };
}

export const identity = (name: string, language?: string): Identity => ({
  key: name,
  name,
  namespace: '',
  resource: { 'service.name': name, 'telemetry.sdk.language': language },
});
