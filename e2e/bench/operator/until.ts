import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is yes; throws an Error naming what it waited for after `withinMs`, and whatever `probe` throws at once. */
export async function until(
  what: string,
  withinMs: number,
  probe: () => Promise<boolean> | boolean,
  everyMs = 20,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`could not measure: waited ${withinMs / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
