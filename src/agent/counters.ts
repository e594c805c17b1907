/** What a stage has done so far; each stage owns one, /metrics and the local table read them all. */
export class Counters {
  readonly #values = new Map<string, number>();

  /** `sample` is a Prometheus sample without the prefix: `otlp_dropped_total{reason="queue_full"}`. */
  add(sample: string, by = 1): void {
    this.#values.set(sample, (this.#values.get(sample) ?? 0) + by);
  }

  /** For gauges, and for totals that somebody else counts. */
  set(sample: string, value: number): void {
    this.#values.set(sample, value);
  }

  get(sample: string): number {
    return this.#values.get(sample) ?? 0;
  }

  /** Every sample of a family, whatever its labels. */
  sum(family: string): number {
    let total = 0;
    for (const [sample, value] of this.#values) {
      if (sample === family || sample.startsWith(`${family}{`)) total += value;
    }
    return total;
  }

  entries(): IterableIterator<[string, number]> {
    return this.#values.entries();
  }
}
