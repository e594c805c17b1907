import { expect, test } from '@jest/globals';
import { parseQuantity, sameQuantity } from './quantity.ts';

test.each([
  ['1', 1],
  ['50m', 0.05],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['128Mi', 134_217_728],
  ['1Gi', 1_073_741_824],
  ['1G', 1e9],
  ['2Ki', 2_048],
  ['1e3', 1_000],
  ['1E3', 1_000],
  ['1E', 1e18],
  ['-1', -1],
  ['100n', 1e-7],
])('%s is %d', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 9);
});

test.each(['', 'Mi', '1GB', '1 Gi', '1gi', '1K', 'one', '1.2.3', 'NaN', '0x10'])('%p is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test('numbers are quantities unless they are none', () => {
  expect(parseQuantity(2)).toBe(2);
  expect(parseQuantity(Number.NaN)).toBeUndefined();
});

test.each([
  ['1', '1000m', true],
  [1, '1', true],
  ['1Gi', '1024Mi', true],
  ['0.3', '300m', true],
  ['1Gi', '1G', false],
  ['1', 'one', false],
  [undefined, undefined, false],
  ['0', '0Mi', true],
])('%p and %p are the same amount: %p', (a, b, same) => {
  expect(sameQuantity(a, b)).toBe(same);
});
