import type { RedRow } from '../bpf/contract.ts';
import { rowKey } from './baselines.ts';
import { hasFailed } from './outcome.ts';
import type { Edge, Ends } from './service-graph.ts';
import { copyOf, merge, noTotals, totalsOf, type Totals } from './totals.ts';

export interface LedgerReading {
  readonly rows: readonly RedRow[];
  readonly nowMs: number;
  /** The two ends of a row's requests; `pending` while one has no name yet, undefined if the row makes no arrow. */
  readonly endsOf: (row: RedRow) => Ends | 'pending' | undefined;
  /** When the rows of a service began, milliseconds since the epoch. */
  readonly startMs: (service: number) => number;
}

interface Entered {
  readonly service: number;
  readonly totals: Totals;
}

/** An arrow nobody has used for this long ends; used again, it begins at zero. */
const staleAfterMs = 15 * 60_000;

/**
 * The running totals of every arrow. What a row counted since the last reading is entered under the names of now: an
 * address that changes hands, or a service that is gone, takes nothing away from an arrow.
 */
export class EdgeLedger {
  readonly #bucketCount: number;
  readonly #entered = new Map<string, Entered>();
  readonly #edges = new Map<string, Edge & { changedMs: number }>();
  #readMs = 0;

  constructor(bucketCount: number) {
    this.#bucketCount = bucketCount;
  }

  read({ rows, nowMs, endsOf, startMs }: LedgerReading): Edge[] {
    for (const row of rows) {
      const key = rowKey(row);
      const before = this.#entered.get(key);
      if (Number(row.count) === before?.totals.count) continue;
      const ends = endsOf(row);
      if (ends === 'pending') continue;
      const totals = totalsOf(row);
      this.#entered.set(key, { service: row.serviceId, totals });
      if (!ends) continue;
      const fresh = copyOf(totals);
      if (before) merge(fresh, before.totals, -1);
      const edge = this.#edge(row, ends, before ? this.#readMs : startMs(row.serviceId));
      edge.changedMs = nowMs;
      merge(edge.requests, fresh);
      if (hasFailed(row.side, row.status)) edge.failed += fresh.count;
    }
    this.#readMs = nowMs;
    for (const [key, edge] of this.#edges) if (nowMs - edge.changedMs > staleAfterMs) this.#edges.delete(key);
    return [...this.#edges.values()];
  }

  /** The rows of a service are gone; its id may come to stand for another. */
  forget(service: number): void {
    for (const [key, entered] of this.#entered) if (entered.service === service) this.#entered.delete(key);
  }

  #edge({ side }: RedRow, ends: Ends, startMs: number): Edge & { changedMs: number } {
    const key = JSON.stringify([ends.client, ends.server, ends.virtual, side]);
    let edge = this.#edges.get(key);
    if (!edge) {
      edge = { ...ends, startMs, requests: noTotals(this.#bucketCount), failed: 0, side, changedMs: 0 };
      this.#edges.set(key, edge);
    }
    return edge;
  }
}
