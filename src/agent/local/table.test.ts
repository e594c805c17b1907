import { expect, test } from '@jest/globals';
import type { Summary } from './summary.ts';
import { renderTable } from './table.ts';

const figures = { requests: 2000, errors: 5, rate: 123.4, p50Ms: 0.42, p95Ms: 12.34, p99Ms: 2500, kept: 195 };
const shop = { service: 'shop', side: 'server', ...figures, coverage: 0.9991 } as const;
const orders = {
  service: 'shop',
  side: 'server',
  method: 'GET',
  route: '/orders/{id}',
  ...figures,
  statuses: { 200: 1995, 503: 5 },
} as const;
const cart = {
  service: 'cart',
  side: 'client',
  ...figures,
  requests: 7,
  errors: 0,
  rate: 0.5,
  kept: 0,
  coverage: 0.25,
} as const;
const summary: Summary = {
  services: [shop, cart],
  routes: [orders, { ...orders, ...cart, method: 'POST', route: '/pay' }],
  wanted: 'pid 7, port 80',
  targets: 0,
  followed: 2,
  kept: { error: 5, slow: 0, share: 190 },
  coverage: 0.9991,
};
const render = (changes: Partial<Summary>, width: number, height = 40) =>
  renderTable({ ...summary, ...changes }, width, height);

test('each service and route has rate, errors, quantiles and kept spans, and a service says what was covered of it', () => {
  expect(render({}, 120).split('\n')).toEqual([
    '2 processes followed, 0 running · 2007 requests, 5 errors · spans kept: 5 error, 190 share · coverage 99.9 %',
    '',
    'SERVICE AND ROUTE   REQ/S  REQUESTS     ERRORS     P50      P95     P99  KEPT  COVERED',
    'shop server           123      2000  5 (0.3 %)  420 µs  12.3 ms  2.50 s   195   99.9 %',
    '  GET /orders/{id}    123      2000  5 (0.3 %)  420 µs  12.3 ms  2.50 s   195',
    'cart client           0.5         7          0  420 µs  12.3 ms  2.50 s     0   25.0 %',
    '  POST /pay           0.5         7          0  420 µs  12.3 ms  2.50 s     0',
  ]);
});

test('80 columns hold it', () => {
  expect(render({}, 80).split('\n')).toEqual([
    '2 processes followed, 0 running · 2007 requests, 5 errors',
    'spans kept: 5 error, 190 share · coverage 99.9 %',
    '',
    'SERVICE AND ROUTE  REQ/S REQUESTS ERRORS    P50     P95    P99 KEPT COVERED',
    'shop server          123     2000  0.3 % 420 µs 12.3 ms 2.50 s  195  99.9 %',
    '  GET /orders/{id}   123     2000  0.3 % 420 µs 12.3 ms 2.50 s  195',
    'cart client          0.5        7      0 420 µs 12.3 ms 2.50 s    0  25.0 %',
    '  POST /pay          0.5        7      0 420 µs 12.3 ms 2.50 s    0',
  ]);
});

test.each([80, 100, 132])('nothing is wider or higher than a terminal of %i columns, whatever is in it', (width) => {
  const long = { ...orders, route: '/a/very/long/route/that/does/not/fit/anywhere/'.repeat(4), requests: 123_456_789 };
  const delivery = { spans: 12_345_678, points: 123_456, lostSpans: 1234, lostPoints: 5678, waiting: true };
  const wide = { routes: Array.from({ length: 50 }, () => long), wanted: 'w'.repeat(300), delivery };
  for (const followed of [0, 2]) {
    const lines = render({ ...wide, followed }, width, 24).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines).toHaveLength(23);
    expect(lines.at(-1)).toMatch(/^… \d+ more$/);
  }
  const lines = render({ ...wide }, width, 24).split('\n');
  const shown = lines.filter((line) => line.startsWith('  GET') || /^(shop|cart)/.test(line)).length;
  expect(lines.at(-1)).toBe(`… ${52 - shown} more`);
});

test('before anything happened it says so', () => {
  expect(render({ services: [], routes: [], targets: 1, followed: 1, kept: {}, coverage: undefined }, 120)).toBe(
    [
      '1 process followed, 1 running · 0 requests, 0 errors · spans kept: none · coverage -',
      '',
      'SERVICE AND ROUTE  REQ/S  REQUESTS  ERRORS  P50  P95  P99  KEPT  COVERED',
    ].join('\n'),
  );
});

test('while nobody is followed it says for whom it waits', () => {
  expect(render({ services: [], routes: [], followed: 0 }, 80).split('\n')[0]).toBe(
    'no process followed: none is there yet for pid 7, port 80',
  );
});

test('what the receiver took, what it never got, and that it does not answer', () => {
  const none = { spans: 0, points: 0, lostSpans: 0, lostPoints: 0, waiting: false };
  const told = (delivery: Summary['delivery']) =>
    render(delivery ? { delivery } : {}, 200)
      .split('\n')[0]
      ?.split(' · ')
      .slice(4);
  expect(told(undefined)).toEqual([]);
  expect(told(none)).toEqual([]);
  expect(told({ ...none, waiting: true })).toEqual(['OTLP: the receiver does not answer, trying again']);
  expect(told({ ...none, lostSpans: 3, lostPoints: 4 })).toEqual(['OTLP: 3 spans, 4 points not delivered']);
  expect(told({ ...none, spans: 5, points: 6 })).toEqual(['OTLP: 5 spans, 6 points delivered']);
});
