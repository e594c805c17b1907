/** Less than this is the unevenness of two clocks; points that wavered with it would look like restarts. */
const leastStepMs = 1_000;

/**
 * The times of metrics by the wall clock. The agent's own clock never runs backwards, so it does not see when the wall
 * clock is stepped, and everybody else's points are stamped by that.
 */
export class MetricTimes {
  #stepMs = 0;
  #startShiftMs = 0;

  /** Both clocks, read at the same moment, milliseconds since the epoch. */
  adjust(wallMs: number, clockMs: number): void {
    const stepMs = wallMs - clockMs;
    if (Math.abs(stepMs - this.#stepMs) < leastStepMs) return;
    this.#stepMs = stepMs;
    this.#startShiftMs = Math.min(this.#startShiftMs, stepMs);
  }

  /** The wall clock's word for a time of the agent's clock. */
  timeMs(clockMs: number): number {
    return clockMs + this.#stepMs;
  }

  /** To be added to start times: as far as the wall clock was ever stepped back, so that none is later than its points. */
  get startShiftMs(): number {
    return this.#startShiftMs;
  }
}
