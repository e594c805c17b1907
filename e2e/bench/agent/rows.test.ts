import { expect, test } from '@jest/globals';
import { guestRows, tableOf } from './rows.ts';

const met = (figures: Parameters<typeof guestRows>[0]['small']) =>
  guestRows({ small: figures, wide: {} }).map((row) => row.met);

test('a figure that was not measured has no line', () => {
  expect(met({})).toEqual([]);
  expect(met({ liveMs: 900 })).toEqual([true]);
});

test.each([
  [{ unselectedAdded: 500 }, true],
  [{ unselectedAdded: 501 }, false],
  [{ liveMs: 1_001 }, false],
  [{ pipelined: 800, pipelinedLost: 1 }, false],
  [{ split: 128, splitLost: 0 }, true],
  [{ runs: 4 }, true],
  [{ runs: 4.03 }, false],
  [{ connectAdded: 1 }, undefined],
])('%j: met is %s', (figures, expected) => {
  expect(met(figures)).toEqual([expected]);
});

test('a missed aim stands out', () => {
  expect(tableOf([{ what: 'a', aim: '1', seen: '2', beyla: '3', met: false }])).toContain('| a | 1 | 2 | MISSED | 3 |');
});
