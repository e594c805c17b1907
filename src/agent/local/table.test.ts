import { expect, test } from '@jest/globals';
import { renderTable } from './table.ts';

const route = {
  service: 'shop',
  side: 'server',
  method: 'GET',
  route: '/orders/{id}',
  requests: 2000,
  errors: 5,
  rate: 123.4,
  p50Ms: 0.42,
  p95Ms: 12.34,
  p99Ms: 2500,
  statuses: { 200: 1995, 503: 5 },
} as const;
const summary = { routes: [route], targets: 0, followed: 2, kept: { error: 5, slow: 0, share: 190 }, coverage: 0.9991 };

test('the table says what was covered, also when all of it has ended, and shows rate, errors, quantiles, kept spans and coverage', () => {
  expect(renderTable(summary, 120, 40)).toBe(
    [
      '2 processes followed, 0 running · 2000 requests, 5 errors · spans kept: 5 error, 190 share · coverage 99.9 %',
      '',
      'SERVICE  SIDE    METHOD  ROUTE         REQ/S  REQUESTS     ERRORS     P50      P95     P99',
      'shop     server  GET     /orders/{id}    123      2000  5 (0.3 %)  420 µs  12.3 ms  2.50 s',
    ].join('\n'),
  );
});

test('a narrow terminal cuts routes, a low one lines', () => {
  const long = { ...route, route: '/a/very/long/route/that/does/not/fit/anywhere' };
  const lines = renderTable({ ...summary, routes: Array.from({ length: 50 }, () => long) }, 100, 10).split('\n');
  expect(lines.slice(2).every((line) => line.length <= 100)).toBe(true);
  expect(lines).toHaveLength(9);
});

test('before anything happened it says so', () => {
  expect(
    renderTable({ routes: [], targets: 1, followed: 1, kept: {}, coverage: undefined }, 80, 24).split('\n')[0],
  ).toBe('1 process followed, 1 running · 0 requests, 0 errors · spans kept: none · coverage -');
});
