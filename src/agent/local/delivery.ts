import type { Delivery } from './summary.ts';

type Samples = ReadonlyMap<string, number>;

/** Tells from an agent's counters what reached the receiver, what did not, and whether it answers at all. */
export class DeliveryWatch {
  #sent = 0;
  #retries = 0;
  #waiting = false;

  read(samples: Samples): Delivery {
    const sent = totalOf(samples, 'otlp_sent_total{');
    const retries = totalOf(samples, 'otlp_retries_total{');
    if (sent > this.#sent) this.#waiting = false;
    else if (retries > this.#retries) this.#waiting = true;
    this.#sent = sent;
    this.#retries = retries;
    return {
      spans: totalOf(samples, 'otlp_sent_total{signal="traces"'),
      points: totalOf(samples, 'otlp_sent_total{signal="metrics"'),
      lostSpans: totalOf(samples, 'otlp_dropped_total{signal="traces"'),
      lostPoints: totalOf(samples, 'otlp_dropped_total{signal="metrics"'),
      waiting: this.#waiting,
    };
  }
}

function totalOf(samples: Samples, prefix: string): number {
  let total = 0;
  for (const [sample, value] of samples) if (sample.startsWith(prefix)) total += value;
  return total;
}
