import type { OverflowRow, RedRow } from '../bpf/index.ts';
import { merge, totalsOf, type Totals } from './totals.ts';

interface Baseline {
  readonly service: number;
  readonly totals: Totals;
}

/**
 * Where a row's count began for its present meaning. The kernel's rows run on while the service or the route they stand
 * for changes; from then on the row counts from there, and its series starts anew instead of jumping.
 */
export class Baselines {
  readonly #rows = new Map<string, Baseline>();
  readonly #startMs = new Map<number, number>();
  #allStartMs: number;

  constructor(startMs: number) {
    this.#allStartMs = startMs;
  }

  /** When the totals of a service began, milliseconds since the epoch. */
  startMs(service: number): number {
    return this.#startMs.get(service) ?? this.#allStartMs;
  }

  /** What a row counted since its baseline. */
  since(row: RedRow | OverflowRow): Totals {
    const totals = totalsOf(row);
    const baseline = this.#rows.get(rowKey(row));
    if (baseline) merge(totals, baseline.totals, -1);
    return totals;
  }

  /** A service id gets a new owner. */
  restartService(service: number, rows: Iterable<RedRow | OverflowRow>, nowMs: number): void {
    for (const row of rows) if (row.serviceId === service) this.#set(row);
    this.#startMs.set(service, nowMs);
  }

  /** Routes are named differently from now on. */
  restartAll(rows: Iterable<RedRow | OverflowRow>, nowMs: number): void {
    for (const row of rows) this.#set(row);
    this.#startMs.clear();
    this.#allStartMs = nowMs;
  }

  #set(row: RedRow | OverflowRow): void {
    this.#rows.set(rowKey(row), { service: row.serviceId, totals: totalsOf(row) });
  }
}

function rowKey(row: RedRow | OverflowRow): string {
  const head = `${row.serviceId} ${row.side} ${row.protocol}`;
  if ('statusClass' in row) return `${head} ${row.statusClass}`;
  return `${head} ${row.method} ${row.status} ${row.routeHash} ${row.serverPort} ${row.peer.address} ${row.peer.port}`;
}
