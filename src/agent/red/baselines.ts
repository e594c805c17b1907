import type { OverflowRow, RedRow } from '../bpf/contract.ts';
import { merge, totalsOf, type Totals } from './totals.ts';

interface Baseline {
  readonly service: number;
  readonly totals: Totals;
}

/**
 * Where a row's count began for its present meaning. The kernel's rows run on while the routes they stand for are named
 * otherwise; from then on the row counts from there, and its series starts anew instead of jumping.
 */
export class Baselines {
  readonly #rows = new Map<string, Baseline>();
  #startMs: number;

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** When all totals began, milliseconds since the epoch; those of a later service began with it. */
  get startMs(): number {
    return this.#startMs;
  }

  /** What a row counted since its baseline. */
  since(row: RedRow | OverflowRow): Totals {
    const totals = totalsOf(row);
    const baseline = this.#rows.get(rowKey(row));
    if (baseline) merge(totals, baseline.totals, -1);
    return totals;
  }

  /** Routes are named differently from now on. */
  restart(rows: Iterable<RedRow | OverflowRow>, nowMs: number): void {
    for (const row of rows) this.#rows.set(rowKey(row), { service: row.serviceId, totals: totalsOf(row) });
    this.#startMs = nowMs;
  }

  /** The rows of a service are gone. */
  forget(service: number): void {
    for (const [key, baseline] of this.#rows) if (baseline.service === service) this.#rows.delete(key);
  }
}

/** A row's place in the kernel as text. */
export function rowKey(row: RedRow | OverflowRow): string {
  const head = `${row.serviceId} ${row.side} ${row.protocol}`;
  if ('statusClass' in row) return `${head} ${row.statusClass}`;
  return `${head} ${row.method} ${row.status} ${row.routeHash} ${row.serverPort} ${row.peer.address} ${row.peer.port}`;
}
