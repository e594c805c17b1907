import { expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';

test('now is the wall clock, in milliseconds', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
});

test('sleep waits at least the time asked for', async () => {
  const before = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(19);
});

test('sleep ends when the signal aborts, before or during it', async () => {
  const stop = new AbortController();
  const before = systemClock.now();
  setTimeout(() => stop.abort(), 10);
  await systemClock.sleep(60_000, stop.signal);
  await systemClock.sleep(60_000, stop.signal);
  expect(systemClock.now() - before).toBeLessThan(30_000);
});
