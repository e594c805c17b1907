/** Time as a value, so that what waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch; never runs backwards within a process. */
  now(): number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const started = Date.now() - performance.now();

export const systemClock: Clock = {
  // A stepped wall clock must not make a lease look fresh or a backoff eternal.
  now: () => started + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, ms));
      signal?.addEventListener('abort', wake, { once: true });
    }),
};
