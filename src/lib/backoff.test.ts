import { expect, test } from '@jest/globals';
import { backoffMs } from './backoff.ts';

test.each([
  [0, 100],
  [1, 200],
  [3, 800],
  [10, 5000],
  [5000, 5000],
])('try %i waits %i ms without jitter', (attempt, expected) => {
  expect(backoffMs(attempt, { baseMs: 100, maxMs: 5000, jitter: () => 0 })).toBe(expected);
});

test('jitter takes off at most half', () => {
  expect(backoffMs(2, { baseMs: 100, maxMs: 5000, jitter: () => 1 })).toBe(200);
});
