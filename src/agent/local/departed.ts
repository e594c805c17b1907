import type { CoverageRow } from '../bpf/contract.ts';
import type { Departure } from '../departure.ts';
import type { Identity } from '../process/index.ts';
import { copyOf, merge, type Series } from '../red/index.ts';

/**
 * The services a local run has outlived. Their ids stand for others by now, so they go under ids of their own, below zero:
 * one for each identity, however often it comes and goes.
 */
export class Departed {
  readonly #ids = new Map<string, number>();
  readonly #identities = new Map<number, Identity>();
  readonly #series = new Map<string, Series>();
  readonly #coverage = new Map<number, CoverageRow>();

  /** Answers under which key each series goes from now on, by the one it had. */
  add({ identity, series, coverage }: Departure): ReadonlyMap<string, string> {
    const keys = new Map<string, string>();
    const id = this.#ids.get(identity.key) ?? -1 - this.#ids.size;
    this.#ids.set(identity.key, id);
    this.#identities.set(id, identity);
    for (const one of series) {
      const key = one.key.replace(/^\d+/, String(id));
      keys.set(one.key, key);
      const known = this.#series.get(key);
      if (known) merge(known.totals, one.totals);
      else this.#series.set(key, { ...one, key, service: id, totals: copyOf(one.totals) });
    }
    if (coverage) this.#cover(id, coverage);
    return keys;
  }

  #cover(id: number, coverage: CoverageRow): void {
    const { parsed, slow, blind, unknown } = this.#coverage.get(id) ?? { parsed: 0n, slow: 0n, blind: 0n, unknown: 0n };
    this.#coverage.set(id, {
      serviceId: id,
      parsed: parsed + coverage.parsed,
      slow: slow + coverage.slow,
      blind: blind + coverage.blind,
      unknown: unknown + coverage.unknown,
    });
  }

  series(): Iterable<Series> {
    return this.#series.values();
  }

  coverage(): Iterable<CoverageRow> {
    return this.#coverage.values();
  }

  identityOf(id: number): Identity | undefined {
    return this.#identities.get(id);
  }
}
