import { expect, test } from '@jest/globals';
import { WallClock } from './wall-clock.ts';

// The true distance is 1,000,000.75 ms; the wall clock shows whole milliseconds only.
const shown = (monotonicNs: bigint) => Math.floor((Number(monotonicNs) + 1_000_000_750_000) / 1e6);

test('finer than the milliseconds it is set by, and steady', () => {
  const clock = new WallClock();
  for (const at of [100_000n, 400_000n, 250_000n, 900_000n]) clock.adjust(shown(at), at);
  expect(clock.epochNs(0n)).toBe(1_000_000_750_000n);
});

test('follows a step of the wall clock in both directions', () => {
  const clock = new WallClock();
  clock.adjust(5_000, 0n);
  clock.adjust(9_000, 0n);
  expect(clock.epochNs(1n)).toBe(9_000_000_001n);
  clock.adjust(2_000, 0n);
  expect(clock.epochNs(0n)).toBe(2_000_000_000n);
});
