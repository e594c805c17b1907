/**
 * How long to wait before try `attempt` (0 = the first retry): doubles from `baseMs` up to `maxMs`, and `jitter`
 * (a random source, 0..1) takes off up to half of it, so that many waiters spread out and none hurries.
 */
export function backoffMs(attempt: number, options: { baseMs: number; maxMs: number; jitter: () => number }): number {
  const full = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(Math.max(attempt, 0), 52));
  return Math.round(full * (1 - options.jitter() / 2));
}
