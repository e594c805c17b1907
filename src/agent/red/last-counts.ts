import type { OverflowRow, RedRow } from '../bpf/contract.ts';

interface Counts {
  exchanges: bigint;
  bytes: bigint;
  changedMs: number;
}

/** What each service had counted at the last reading, and whether that has been delivered. */
export class LastCounts {
  #counts = new Map<number, Counts>();
  #deliveredMs = Number.NEGATIVE_INFINITY;

  read(rows: Iterable<RedRow | OverflowRow>, nowMs: number): void {
    const counts = new Map<number, Counts>();
    for (const { serviceId, count, requestBytes, responseBytes } of rows) {
      const own = counts.get(serviceId) ?? { exchanges: 0n, bytes: 0n, changedMs: nowMs };
      own.exchanges += count;
      own.bytes += requestBytes + responseBytes;
      counts.set(serviceId, own);
    }
    for (const [service, own] of counts) {
      const before = this.#counts.get(service);
      if (before?.exchanges === own.exchanges && before.bytes === own.bytes) own.changedMs = before.changedMs;
    }
    this.#counts = counts;
  }

  /** Everything read up to a time has been delivered. */
  delivered(readMs: number): void {
    this.#deliveredMs = Math.max(this.#deliveredMs, readMs);
  }

  areDelivered(service: number): boolean {
    return (this.#counts.get(service)?.changedMs ?? Number.NEGATIVE_INFINITY) <= this.#deliveredMs;
  }

  exchangesOf(service: number): bigint {
    return this.#counts.get(service)?.exchanges ?? 0n;
  }

  /** Those that have counted anything. */
  services(): Iterable<number> {
    return this.#counts.keys();
  }

  forget(service: number): void {
    this.#counts.delete(service);
  }
}
