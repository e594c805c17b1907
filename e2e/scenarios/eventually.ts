import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `probe` until it returns something other than undefined; fails after `withinMs` naming what it waited for and
 * what the last attempt said.
 */
export async function eventually<T>(
  what: string,
  withinMs: number,
  probe: () => Promise<T | undefined>,
): Promise<{ readonly value: T; readonly afterMs: number }> {
  const started = Date.now();
  let last = 'nothing seen yet';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return { value, afterMs: Date.now() - started };
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() - started > withinMs) throw new Error(`waited ${withinMs} ms for ${what}; last: ${last}`);
    await sleep(250);
  }
}
