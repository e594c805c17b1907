import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['500ms', 500],
  ['1h30m', 5_400_000],
  ['72h', 259_200_000],
  ['30d', 2_592_000_000],
  ['1d12h', 129_600_000],
  ['1.5s', 1_500],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['0', 0],
  ['0s', 0],
])('%s is %d milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
});

test.each(['', '5', 's', '-5s', '5 s', '5w', '1h30', 'h1', '1..5s', '１s'])('%p is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [259_200_000, '72h'],
  [5_400_000, '1h30m'],
  [500, '500ms'],
  [0.25, '250us'],
  [0, '0s'],
  [90_061_001, '25h1m1s1ms'],
])('%d milliseconds are written as Go reads them: %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what is written is read as the same duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 13 }), (micros) => {
      expect(parseDuration(formatDuration(micros / 1_000))).toBeCloseTo(micros / 1_000, 3);
    }),
  );
});
