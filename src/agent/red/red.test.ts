import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Side } from '../bpf/contract.ts';
import { FakeKernel } from '../kernel.fixture.ts';
import type { ResourceMetrics } from '../otlp/index.ts';
import { Services, type Identity, type Peer } from '../process/index.ts';
import { pointsOf, shown, type Point } from './decoded.fixture.ts';
import { Red, type RedOptions } from './red.ts';

const identity = (name: string): Identity => ({ key: name, name, namespace: 'ns', resource: { 'service.name': name } });
const minute = 60_000;

let kernel: FakeKernel;
let services: Services;
let nowMs: number;
let red: Red;

beforeEach(() => {
  kernel = new FakeKernel();
  nowMs = 1_000_000;
  services = new Services(8, () => nowMs);
  services.enter(identity('shop'));
  red = make({});
});

function make(options: Partial<RedOptions>): Red {
  return new Red({
    kernel,
    removeService: (service) => kernel.removeService(service),
    services,
    routes: [],
    families: ['application', 'spanMetrics', 'serviceGraph'],
    seriesLimit: 100,
    peerOf: (): Peer => ({ kind: 'host' }),
    inCluster: false,
    ownResource: () => ({ 'service.name': 'ostack-agent' }),
    startMs: nowMs,
    ...options,
  });
}

const points = (groups: readonly ResourceMetrics[], metric: string) => pointsOf(groups, metric, nowMs);
const server = 'http.server.request.duration';

test('names, units and attributes are those of the semantic conventions', () => {
  kernel.exchange({ path: '/orders/{id}', status: 503, responseBytes: 20, requestBytes: 3 });
  kernel.exchange({ path: '/pay', side: 'client', status: 404, remote: { address: '203.0.113.9', port: 443 } });
  const groups = red.collect(nowMs);
  const named = groups.flatMap(({ metrics }) => metrics.map(({ name, unit }) => `${name} ${unit}`));
  expect(named).toEqual([
    'http.server.request.duration s',
    'http.server.request.body.size By',
    'http.server.response.body.size By',
    'http.client.request.duration s',
    'http.client.request.body.size By',
    'http.client.response.body.size By',
    'traces.spanmetrics.calls ',
    'traces.spanmetrics.duration s',
    'traces_service_graph_request_total ',
    'traces_service_graph_request_failed_total ',
    'traces_service_graph_request_server s',
    'traces_service_graph_request_client s',
  ]);
  const attributes = (metric: string) =>
    Object.fromEntries(
      (points(groups, metric)[0]?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
    );
  expect(attributes(server)).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': '503',
    'http.route': '/orders/{id}',
    'url.scheme': 'http',
    'server.port': '8080',
    'error.type': '503',
  });
  expect(attributes('http.client.request.duration')).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': '404',
    'url.template': '/pay',
    'url.scheme': 'http',
    'server.address': '203.0.113.9',
    'server.port': '443',
    'error.type': '404',
  });
  expect(points(groups, 'http.server.response.body.size')).toMatchObject([
    { count: '1', sum: 20, bucketCounts: ['1'] },
  ]);
});

test('counts are cumulative since one start time', () => {
  const started = nowMs;
  kernel.exchange({ path: '/a' });
  red.collect(nowMs);
  nowMs += 10_000;
  kernel.exchange({ path: '/a' });
  expect(points(red.collect(nowMs), server)).toMatchObject([
    { count: '2', startTimeUnixNano: String(BigInt(started) * 1_000_000n) },
  ]);
});

test('other route names begin at zero, so that no request is counted twice', () => {
  for (let i = 0; i < 5; i++) kernel.exchange({ path: '/orders/{id}' });
  red.collect(nowMs);
  nowMs += 10_000;
  red.reconfigure([{ match: '/orders/*', as: '/o' }], ['application'], 100, nowMs);
  kernel.exchange({ path: '/orders/{id}' });
  const after = points(red.collect(nowMs), server);
  expect(after.map((point) => [shown(point, 'http.route'), point.count])).toEqual([['/o', '1']]);
  expect(after[0]?.startTimeUnixNano).toBe(String(BigInt(nowMs) * 1_000_000n));
});

describe('a service that is gone', () => {
  const start = (point: Point | undefined) => Number(BigInt(point?.startTimeUnixNano ?? 0) / 1_000_000n);

  test('is exported for a while, then nothing of it is left and a new owner of its id begins at zero', () => {
    services = new Services(1, () => nowMs);
    services.enter(identity('shop'));
    red = make({});
    for (let i = 0; i < 7; i++) kernel.exchange({ path: '/a' });
    services.leave(1);
    expect(points(red.collect(nowMs), server)).toMatchObject([{ count: '7' }]);
    red.delivered(nowMs);
    nowMs += 10 * minute;
    expect(points(red.collect(nowMs), server)).toMatchObject([{ count: '7' }]);
    expect([kernel.readRed(), points(red.collect(nowMs), server)]).toEqual([[], []]);
    nowMs += minute;
    expect(services.enter(identity('next'))).toBe(1);
    kernel.exchange({ path: '/a' });
    const [next] = points(red.collect(nowMs), server);
    expect([next?.count, start(next)]).toEqual(['1', nowMs]);
  });

  test('stays until its last counts have been received, however long the receiver is away', () => {
    kernel.exchange({ path: '/a' });
    services.leave(1);
    red.collect(nowMs);
    red.delivered(nowMs);
    nowMs += minute;
    kernel.exchange({ path: '/a', status: 0 });
    const last = nowMs;
    red.collect(nowMs);
    nowMs += 60 * minute;
    red.collect(nowMs);
    expect(kernel.readRed()).toHaveLength(2);
    red.delivered(last);
    red.collect(nowMs);
    expect(kernel.readRed()).toEqual([]);
    expect(red.counters.get('red_lost_total')).toBe(0);
  });

  test("a request counted after that is counted as lost and is nobody else's", () => {
    kernel.exchange({ path: '/a', serviceId: 5 });
    red.collect(nowMs);
    expect([kernel.readRed(), red.counters.get('red_lost_total')]).toEqual([[], 1]);
  });

  test('takes nothing away from an arrow that others of its name also make', () => {
    const peerOf = (): Peer => ({
      kind: 'workload',
      name: 'caller',
      namespace: '',
      counted: true,
      reportsItself: false,
    });
    red = make({ peerOf, families: ['serviceGraph'] });
    services.enter({ ...identity('shop'), key: 'shop, another pod' });
    for (let i = 0; i < 600; i++) kernel.exchange({ path: '/a', serviceId: 1 });
    for (let i = 0; i < 400; i++) kernel.exchange({ path: '/a', serviceId: 2 });
    const arrow = () => points(red.collect(nowMs), 'traces_service_graph_request_total').map(({ asInt }) => asInt);
    expect(arrow()).toEqual(['1000']);
    red.delivered(nowMs);
    services.leave(1);
    nowMs += 6 * minute;
    expect([arrow(), arrow(), kernel.readRed().length]).toEqual([['1000'], ['1000'], 1]);
    nowMs += 16 * minute;
    expect(arrow()).toEqual([]);
    kernel.exchange({ path: '/a', serviceId: 2 });
    expect(arrow()).toEqual(['1']);
  });

  test('goes on where it stood if it comes back soon', () => {
    kernel.exchange({ path: '/a' });
    services.leave(1);
    red.collect(nowMs);
    expect(services.enter(identity('shop'))).toBe(1);
    kernel.exchange({ path: '/a' });
    expect(points(red.collect(nowMs), server)).toMatchObject([{ count: '2' }]);
  });
});

test('a series nobody uses is sent no more and goes on exactly when it is used again', () => {
  kernel.exchange({ path: '/rare' });
  red.collect(nowMs);
  nowMs += 16 * minute;
  expect(points(red.collect(nowMs), server)).toEqual([]);
  kernel.exchange({ path: '/rare' });
  expect(points(red.collect(nowMs), server)).toMatchObject([{ count: '2' }]);
});

describe('more series than allowed', () => {
  const sums = { sumNs: 5n, requestBytes: 0n, responseBytes: 0n };
  const noRoom = { ...sums, serviceId: 1, side: 'server', protocol: 'http' } as const;

  test('are counted together, and stay together', () => {
    red = make({ seriesLimit: 2 });
    for (const path of ['/a', '/b', '/c', '/d', '/d']) kernel.exchange({ path });
    const read = () =>
      points(red.collect(nowMs), server).map((point) => [
        shown(point, 'http.route') ?? shown(point, 'otel.metric.overflow'),
        point.count,
      ]);
    expect(read()).toEqual([
      ['/a', '1'],
      ['/b', '1'],
      [true, '3'],
    ]);
    red.reconfigure(undefined, ['application'], 50, nowMs);
    kernel.exchange({ path: '/e' });
    expect(read()).toEqual([
      ['/a', '1'],
      ['/b', '1'],
      [true, '3'],
      ['/e', '1'],
    ]);
    expect(red.counters.get('red_series_over_limit')).toBe(2);
  });

  test('in the kernel are in the totals too, without invented durations', () => {
    kernel.overflow.push({ ...noRoom, statusClass: 5, count: 9n });
    const [point] = points(red.collect(nowMs), server);
    expect([point?.count, point?.explicitBounds, shown(point, 'error.type')]).toEqual(['9', undefined, '5xx']);
  });

  test.each<[Side, number, string | undefined]>([
    ['server', 200, undefined],
    ['server', 404, undefined],
    ['client', 404, '4xx'],
    ['server', 503, '5xx'],
    ['server', 0, 'no_response'],
  ])('have the error type of all that are counted together: %s %i', (side, status, type) => {
    red = make({ seriesLimit: 0 });
    kernel.exchange({ path: '/a', side, status });
    const [point] = points(red.collect(nowMs), `http.${side}.request.duration`);
    expect([point?.count, shown(point, 'error.type')]).toEqual(['1', type]);
  });

  test('are all among the calls, failed and not, under one name that no span has', () => {
    red = make({ seriesLimit: 1 });
    for (const path of ['/a', '/b', '/c']) kernel.exchange({ path });
    for (const status of [500, 503]) kernel.exchange({ path: '/d', status });
    kernel.overflow.push({ ...noRoom, statusClass: 5, count: 9n }, { ...noRoom, statusClass: 4, count: 4n });
    const groups = red.collect(nowMs);
    const calls = points(groups, 'traces.spanmetrics.calls').map((point) =>
      ['span.name', 'span.kind', 'status.code', 'http.route'].map((key) => shown(point, key)).concat(point.asInt),
    );
    expect(calls).toEqual([
      ['GET /a', 'SPAN_KIND_SERVER', 'STATUS_CODE_UNSET', '/a', '1'],
      ['AGGREGATED', 'SPAN_KIND_SERVER', 'STATUS_CODE_UNSET', undefined, '6'],
      ['AGGREGATED', 'SPAN_KIND_SERVER', 'STATUS_CODE_ERROR', undefined, '11'],
    ]);
    // What has no buckets would fall out of the quantiles.
    expect(points(groups, 'traces.spanmetrics.duration').map(({ count }) => count)).toEqual(['1']);
  });
});

test('an address that changes hands leaves the arrows it was part of', () => {
  let name = 'first';
  red = make({ peerOf: (): Peer => ({ kind: 'workload', name, namespace: '', counted: true, reportsItself: false }) });
  const arrows = () =>
    points(red.collect(nowMs), 'traces_service_graph_request_total').map((point) => [
      shown(point, 'client'),
      point.asInt,
    ]);
  for (let i = 0; i < 5; i++) kernel.exchange({ path: '/a' });
  expect(arrows()).toEqual([['first', '5']]);
  name = 'second';
  kernel.exchange({ path: '/a' });
  expect(arrows()).toEqual([
    ['first', '5'],
    ['second', '1'],
  ]);
});

test('kept spans go out once as exemplars of their series', () => {
  kernel.exchange({ path: '/a' });
  const key = [...red.read().keys()][0] as string;
  for (const value of [1, 2, 3]) {
    red.addExemplar(key, { traceId: Buffer.alloc(16, value), spanId: Buffer.alloc(8, value), timeMs: nowMs, value });
  }
  expect(points(red.collect(nowMs), server)[0]?.exemplars).toMatchObject([{ asDouble: 2 }, { asDouble: 3 }]);
  expect(points(red.collect(nowMs), server)[0]?.exemplars).toBeUndefined();
});
