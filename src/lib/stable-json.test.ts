import { expect, test } from '@jest/globals';
import { stableJson } from './stable-json.ts';

test('the same value is the same text, whatever order its fields came in', () => {
  const one = { b: [{ y: 1, x: null }], a: { d: 'text', c: true } };
  const other = { a: { c: true, d: 'text' }, b: [{ x: null, y: 1 }] };
  expect(stableJson(one)).toBe(stableJson(other));
  expect(JSON.parse(stableJson(one))).toEqual(one);
});

test('the order of a list is part of the value', () => {
  expect(stableJson([1, 2])).not.toBe(stableJson([2, 1]));
});
