import type { CoverageRow } from '../bpf/contract.ts';
import { labelValue } from './metrics-text.ts';

type States = Omit<CoverageRow, 'serviceId'>;

const none: States = { parsed: 0n, slow: 0n, blind: 0n, unknown: 0n };

/**
 * Bytes per service name by what became of them. Several ids can have one name, and an id that is removed takes nothing
 * away from the others: a total that fell would look like a restart.
 */
export class SocketBytes {
  readonly #removed = new Map<string, States>();

  /** The last reading of an id that is removed now. */
  remove(name: string, row: CoverageRow): void {
    this.#removed.set(name, sum(this.#removed.get(name), row));
  }

  /** A name without ids has ended. @param names of every id. */
  *samples(
    rows: readonly CoverageRow[],
    names: ReadonlyMap<number, string>,
  ): IterableIterator<readonly [string, number]> {
    const living = new Set(names.values());
    for (const name of this.#removed.keys()) if (!living.has(name)) this.#removed.delete(name);
    const bytes = new Map(this.#removed);
    for (const row of rows) {
      const name = names.get(row.serviceId);
      if (name !== undefined) bytes.set(name, sum(bytes.get(name), row));
    }
    for (const [name, states] of bytes)
      for (const [state, count] of Object.entries(states))
        yield [`socket_bytes_total{service="${labelValue(name)}",state="${state}"}`, Number(count)];
  }
}

function sum(a: States = none, b: States): States {
  return {
    parsed: a.parsed + b.parsed,
    slow: a.slow + b.slow,
    blind: a.blind + b.blind,
    unknown: a.unknown + b.unknown,
  };
}
