import { expect, test } from '@jest/globals';
import { quantile, spread } from './quantile.ts';

test.each([
  [[5], 0.5, 5],
  [[3, 1, 2], 0.5, 2],
  [[1, 2, 3, 4], 0.5, 2],
  [[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 0.95, 100],
  [Array.from({ length: 100 }, (_, n) => n + 1), 0.95, 95],
])('of %j the quantile %d is %d', (sample, share, expected) => {
  expect(quantile(sample, share)).toBe(expected);
});

test('nothing measured is not a figure', () => {
  expect(() => spread([])).toThrow('could not measure');
});
