const resolutionNs = 1_000_000n;

/**
 * Turns the kernel's monotonic nanoseconds into nanoseconds since the epoch. The wall clock only shows whole
 * milliseconds, so the true distance is the largest one seen; after a step of the clock it is found anew.
 */
export class WallClock {
  #offsetNs = 0n;

  /** Both clocks read at the same moment. */
  adjust(wallMs: number, monotonicNs: bigint): void {
    const seen = BigInt(Math.floor(wallMs)) * resolutionNs - monotonicNs;
    const behind = this.#offsetNs - seen;
    if (behind < 0n || behind > 2n * resolutionNs) this.#offsetNs = seen;
  }

  epochNs(monotonicNs: bigint): bigint {
    return monotonicNs + this.#offsetNs;
  }
}
