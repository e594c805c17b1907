import { expect, test } from '@jest/globals';
import { spreadOf } from './spread.ts';

test.each([
  [[3, 1, 2], { median: 2, low: 1.5, high: 2.5 }],
  [[4, 1, 2, 3], { median: 2.5, low: 1.75, high: 3.25 }],
  [[7], { median: 7, low: 7, high: 7 }],
])('the middle and the middle half of %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});
