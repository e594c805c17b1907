import type { Endpoint, Method, Protocol, Side } from './exchange.ts';

/** One series of the exact count: running totals since the probes were attached. */
export interface RedRow {
  readonly serviceId: number;
  readonly side: Side;
  readonly protocol: Protocol;
  readonly method: Method;
  /** 0: the connection closed before a response. */
  readonly status: number;
  readonly routeHash: bigint;
  /** The other end's address; its port only on the client side (0 on the server side: it is ephemeral). */
  readonly peer: Endpoint;
  /** The listening port: local on the server side, remote on the client side. */
  readonly serverPort: number;
  readonly count: bigint;
  /** Sum of durations (first request byte to first response byte), nanoseconds. */
  readonly sumNs: bigint;
  /** Exchanges per duration bucket, not cumulative; one longer than `bucketBoundsNs`, the last is unbounded. */
  readonly buckets: readonly bigint[];
  /** Body bytes, without heads and chunk framing. */
  readonly requestBytes: bigint;
  readonly responseBytes: bigint;
}

/** Series of a row as text: rows with equal ones are the same series. */
export function seriesKey(row: RedRow): string {
  const { serviceId, side, protocol, method, status, routeHash, peer, serverPort } = row;
  return [serviceId, side, protocol, method, status, routeHash, peer.address, serverPort].join(' ');
}

/** Two parts of one series. */
export function sumOf(a: RedRow, b: RedRow): RedRow {
  return { ...sumOfTotals(a, b), buckets: a.buckets.map((n, i) => n + (b.buckets[i] ?? 0n)) };
}

/** Totals of exchanges that found no room for a row of their own: exact per service, side, protocol and status class. */
export interface OverflowRow {
  readonly serviceId: number;
  readonly side: Side;
  readonly protocol: Protocol;
  /** 1 to 5, or 0: no response. */
  readonly statusClass: number;
  readonly count: bigint;
  readonly sumNs: bigint;
  readonly requestBytes: bigint;
  readonly responseBytes: bigint;
}

/** Totals of a row as text: rows with equal ones are parts of one. */
export function overflowKey({ serviceId, side, protocol, statusClass }: OverflowRow): string {
  return [serviceId, side, protocol, statusClass].join(' ');
}

/** Two parts of one total. */
export function sumOfTotals<Row extends Omit<OverflowRow, 'statusClass'>>(a: Row, b: Row): Row {
  return {
    ...a,
    count: a.count + b.count,
    sumNs: a.sumNs + b.sumNs,
    requestBytes: a.requestBytes + b.requestBytes,
    responseBytes: a.responseBytes + b.responseBytes,
  };
}

/** Bytes on selected sockets by what became of them, per service: coverage is parsed / (sum of all). */
export interface CoverageRow {
  readonly serviceId: number;
  /** Understood: heads, bodies, framing. */
  readonly parsed: bigint;
  /** Handed to userland over the slow ring. */
  readonly slow: bigint;
  /** On a connection whose bytes can no longer be followed. */
  readonly blind: bigint;
  /** On a connection that speaks no known protocol. */
  readonly unknown: bigint;
}

const ms = 1_000_000n;

/** Upper bounds of the duration buckets, inclusive: a superset of the semantic conventions' bounds. */
export const bucketBoundsNs: readonly bigint[] = [
  ms / 10n,
  ms / 4n,
  ms / 2n,
  1n * ms,
  (5n * ms) / 2n,
  5n * ms,
  10n * ms,
  25n * ms,
  50n * ms,
  75n * ms,
  100n * ms,
  250n * ms,
  500n * ms,
  750n * ms,
  1_000n * ms,
  2_500n * ms,
  5_000n * ms,
  7_500n * ms,
  10_000n * ms,
];
