/** Named timers of one owner; starting one again replaces it, and none outlives `stop`. */
export class Timers {
  readonly #running = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  every(name: string, ms: number, work: () => void): void {
    if (this.#stopped) return;
    clearTimeout(this.#running.get(name));
    this.#running.set(name, setInterval(work, ms));
  }

  /** Runs once after `ms`; while it waits, further calls change nothing. */
  once(name: string, ms: number, work: () => void): void {
    if (this.#stopped || this.#running.has(name)) return;
    const timer = setTimeout(() => {
      this.#running.delete(name);
      work();
    }, ms);
    this.#running.set(name, timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }
}
