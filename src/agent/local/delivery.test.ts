import { expect, test } from '@jest/globals';
import { DeliveryWatch } from './delivery.ts';

const sent = (signal: string) => `otlp_sent_total{signal="${signal}"}`;
const retries = 'otlp_retries_total{signal="metrics"}';

test('a receiver that does not answer is waited for until it takes something', () => {
  const watch = new DeliveryWatch();
  const waiting = (...samples: [string, number][]) => watch.read(new Map(samples)).waiting;
  expect(waiting()).toBe(false);
  expect(waiting([retries, 1])).toBe(true);
  expect(waiting([retries, 1])).toBe(true);
  expect(waiting([retries, 2], [sent('metrics'), 10])).toBe(false);
  expect(waiting([retries, 3], [sent('metrics'), 10])).toBe(true);
});

test('what was dropped for whatever reason was not delivered', () => {
  const dropped = (signal: string, reason: string) => `otlp_dropped_total{signal="${signal}",reason="${reason}"}`;
  const samples = new Map([
    [sent('traces'), 5],
    [sent('metrics'), 70],
    ['otlp_sent_bytes_total{signal="traces"}', 9_999],
    [dropped('traces', 'stopped'), 1],
    [dropped('traces', 'refused'), 2],
    [dropped('metrics', 'expired'), 4],
  ]);
  const all = { spans: 5, points: 70, lostSpans: 3, lostPoints: 4, waiting: false };
  expect(new DeliveryWatch().read(samples)).toEqual(all);
});
