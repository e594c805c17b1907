import type { Flight, FlightSummary } from './exchange.ts';
import { flightOf } from './flight-of.ts';

/** As many as the kernel remembers of each CPU. */
const most = 2048;

/** The flight recorder of SLOW connections: their last exchanges that were not kept. */
export class SlowFlight {
  readonly #ring: FlightSummary[] = [];
  #next = 0;

  add(exchange: FlightSummary): void {
    this.#ring[this.#next] = exchange;
    this.#next = (this.#next + 1) % most;
  }

  /** As `Kernel.scanFlight`; undefined if nothing was ever remembered. */
  scan(sinceNs: bigint, untilNs: bigint): Flight | undefined {
    if (this.#ring.length === 0) return undefined;
    return flightOf([...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)], sinceNs, untilNs);
  }
}
