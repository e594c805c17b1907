import type { FlightSummary } from './exchange.ts';
import {
  bucketBoundsNs,
  overflowKey,
  seriesKey,
  sumOf,
  sumOfTotals,
  type OverflowRow,
  type RedRow,
} from './red-row.ts';

/** What userland counted of SLOW connections, in the kernel's shape and with its rule: no row goes, and a full table adds to totals. */
export class SlowRows {
  readonly #most: number;
  readonly #rows = new Map<string, RedRow>();
  readonly #overflow = new Map<string, OverflowRow>();

  constructor(most: number) {
    this.#most = most;
  }

  rows(): Iterable<RedRow> {
    return this.#rows.values();
  }

  overflow(): Iterable<OverflowRow> {
    return this.#overflow.values();
  }

  /** @returns false if there was no room for a row and the exchange is in the totals only. */
  count(exchange: FlightSummary, durationNs: bigint): boolean {
    const row = rowOf(exchange, durationNs);
    const key = seriesKey(row);
    const there = this.#rows.get(key);
    if (there || this.#rows.size < this.#most) {
      this.#rows.set(key, there ? sumOf(there, row) : row);
      return true;
    }
    const { serviceId, side, protocol, status, count, sumNs, requestBytes, responseBytes } = row;
    const statusClass = Math.min(5, Math.floor(status / 100));
    const total = { serviceId, side, protocol, statusClass, count, sumNs, requestBytes, responseBytes };
    const before = this.#overflow.get(overflowKey(total));
    this.#overflow.set(overflowKey(total), before ? sumOfTotals(before, total) : total);
    return false;
  }

  /** @returns the exchanges that were counted for the service. */
  removeService(service: number): bigint {
    let removed = 0n;
    for (const table of [this.#rows, this.#overflow])
      for (const [key, { serviceId, count }] of table) {
        if (serviceId !== service) continue;
        removed += count;
        table.delete(key);
      }
    return removed;
  }
}

function rowOf(s: FlightSummary, durationNs: bigint): RedRow {
  const found = bucketBoundsNs.findIndex((bound) => durationNs <= bound);
  const bucket = found < 0 ? bucketBoundsNs.length : found;
  return {
    serviceId: s.serviceId,
    side: s.side,
    protocol: s.protocol,
    method: s.method,
    status: s.status,
    routeHash: s.routeHash,
    peer: { address: s.remote.address, port: s.side === 'client' ? s.remote.port : 0 },
    serverPort: s.side === 'client' ? s.remote.port : s.local.port,
    count: 1n,
    sumNs: durationNs,
    requestBytes: BigInt(s.requestBytes),
    responseBytes: BigInt(s.responseBytes),
    buckets: Array.from({ length: bucketBoundsNs.length + 1 }, (_, i) => (i === bucket ? 1n : 0n)),
  };
}
