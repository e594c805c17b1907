import { expect, test } from '@jest/globals';
import { quantile } from './quantile.ts';

test.each([
  [0.5, [0, 10, 0], 1.5],
  [0.5, [10, 0, 0], 0.5],
  [1, [4, 4, 0], 2],
  [0.25, [2, 6, 0], 1],
  [0.99, [0, 0, 5], 2],
  [0.5, [0, 0, 0], undefined],
])('q %d of %j', (q, buckets, expected) => {
  expect(quantile(q, [1, 2], buckets)).toBe(expected);
});
