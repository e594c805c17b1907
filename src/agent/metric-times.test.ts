import { expect, test } from '@jest/globals';
import { MetricTimes } from './metric-times.ts';

const hour = 3_600_000;

test('points follow a step of the wall clock, in both directions', () => {
  const times = new MetricTimes();
  expect(times.timeMs(5_000)).toBe(5_000);
  times.adjust(6_000 + hour, 6_000);
  expect([times.timeMs(7_000), times.startShiftMs]).toEqual([7_000 + hour, 0]);
  times.adjust(8_000 - hour, 8_000);
  expect(times.timeMs(9_000)).toBe(9_000 - hour);
});

test('what began before a step back does not begin after its own points, and moves once only', () => {
  const times = new MetricTimes();
  times.adjust(6_000 - hour, 6_000);
  expect([times.timeMs(7_000), times.startShiftMs]).toEqual([7_000 - hour, -hour]);
  times.adjust(8_000, 8_000);
  expect([times.timeMs(9_000), times.startShiftMs]).toEqual([9_000, -hour]);
});

test('the unevenness of two clocks moves nothing', () => {
  const times = new MetricTimes();
  for (const unevenMs of [3, -999, 999]) times.adjust(6_000 + unevenMs, 6_000);
  expect([times.timeMs(7_000), times.startShiftMs]).toEqual([7_000, 0]);
});
