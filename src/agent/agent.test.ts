import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { Agent } from './agent.ts';
import type { ConnectionClose, Endpoint } from './bpf/contract.ts';
import { parseConfig, type AgentConfig } from './config/index.ts';
import { FakeKernel } from './kernel.fixture.ts';
import { OtlpReceiver } from './otlp/receiver.fixture.ts';
import { FakeProc } from './process/proc.fixture.ts';

let proc: FakeProc;
let receiver: OtlpReceiver;
let kernel: FakeKernel;
let agent: Agent;

beforeEach(async () => {
  proc = new FakeProc();
  receiver = await OtlpReceiver.start();
  kernel = new FakeKernel();
  proc.add({ pid: 100, executable: '/srv/shop' });
  proc.add({ pid: 200, executable: '/usr/bin/python3', command: ['python3', 'cart.py'] });
  proc.add({ pid: 300, executable: '/usr/bin/other' });
});
afterEach(async () => {
  await agent.stop();
  receiver.stop();
  proc.delete();
});

function configOf(changes: object = {}): AgentConfig {
  const parsed = parseConfig(
    JSON.stringify({
      otlp: { endpoint: receiver.endpoint },
      interval: '200ms',
      discovery: { pids: [100, 200] },
      sampling: { baselinePercent: 0, keep: { slowerThan: '500ms' } },
      routes: [{ match: '/orders/*', as: '/orders/{order}' }],
      ...changes,
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

function start(changes: object = {}): Agent {
  agent = new Agent({
    config: configOf(changes),
    kernel,
    maxServices: 16,
    procRoot: proc.root,
    ownPid: 1,
    version: '0.1.0',
    clock: systemClock,
    jitter: () => 0.5,
    log: createLog('agent', 'silent'),
  });
  agent.start();
  return agent;
}

const total = (service: string, having: object = {}) =>
  receiver.count('http.server.request.duration', { 'service.name': service, ...having });

test('only selected processes become targets, and none is left after stop', async () => {
  start();
  expect([...kernel.targets().keys()]).toEqual([100, 200]);
  await agent.stop();
  expect(kernel.targets().size).toBe(0);
  expect(kernel.closed).toBe(true);
});

test('requests are exported exactly, per route and status, errors as spans in a trace', async () => {
  start();
  for (let i = 0; i < 40; i++) kernel.exchange({ tgid: 100, path: '/orders/{id}' });
  for (let i = 0; i < 3; i++) kernel.exchange({ tgid: 100, path: '/orders/{id}', status: 503 });
  kernel.exchange({ tgid: 200, path: '/', durationMs: 700 });
  await receiver.until(() => receiver.spans.length >= 4 && total('shop') === 43, 8_000);
  expect(total('shop', { 'http.route': '/orders/{order}', 'http.response.status_code': 200 })).toBe(40);
  expect(total('shop', { 'http.response.status_code': 503, 'error.type': '503' })).toBe(3);
  expect(total('cart')).toBe(1);
  const calls = (code: string) =>
    receiver.count('traces.spanmetrics.calls', {
      'service.name': 'shop',
      'span.name': 'GET /orders/{order}',
      'span.kind': 'SPAN_KIND_SERVER',
      'status.code': code,
    });
  expect([calls('STATUS_CODE_UNSET'), calls('STATUS_CODE_ERROR')]).toEqual([40, 3]);
  expect(receiver.spans.map((span) => [span.name, span.attributes['ostack.kept'], span.status?.code])).toEqual([
    ['GET /orders/{order}', 'error', 2],
    ['GET /orders/{order}', 'error', 2],
    ['GET /orders/{order}', 'error', 2],
    ['GET /', 'slow', undefined],
  ]);
});

function closed(): ConnectionClose {
  const [local, remote] = [40_000, 5432].map((port) => ({ address: '10.0.0.9', port })) as [Endpoint, Endpoint];
  const common = { kind: 'close', socket: 1n, serviceId: 1, tgid: 100, side: 'unknown', local, remote } as const;
  const none = { openedNs: 0n, closedNs: 0n, exchanges: 0, smoothedRttUs: 0, retransmits: 0, connectNs: 5n };
  return { ...common, ...none, failed: false, sentBytes: 3n, receivedBytes: 4n };
}

test('connections that end are exported, those that never began too', async () => {
  start();
  kernel.control(closed());
  kernel.control({ ...closed(), failed: true, sentBytes: 0n, receivedBytes: 0n });
  const failed = () => receiver.count('tcp.connections.failed', { 'service.name': 'shop', 'server.port': 5432 });
  await receiver.until(() => failed() === 1);
  expect(receiver.count('tcp.connections.closed')).toBe(1);
});

test('a connection that the kernel gives up is counted with its reason', () => {
  start();
  const left = { kind: 'mode', socket: 1n, serviceId: 1 } as const;
  kernel.control({ ...left, mode: 'blind', reason: 'blindUpgrade' });
  kernel.control({ ...left, mode: 'blind', reason: 'blindUpgrade' });
  kernel.control({ ...left, mode: 'slow', reason: 'slowFifoFull' });
  expect([...agent.samples()].filter(([sample]) => sample.startsWith('connections_off_path_total'))).toEqual([
    ['connections_off_path_total{mode="blind",reason="blindUpgrade"}', 2],
    ['connections_off_path_total{mode="slow",reason="slowFifoFull"}', 1],
  ]);
});

test('what happened just before SIGTERM is delivered', async () => {
  start({ interval: '1h' });
  for (let i = 0; i < 5; i++) kernel.exchange({ tgid: 100, path: '/a', status: 500 });
  await agent.stop();
  expect(total('shop')).toBe(5);
  expect(receiver.spans).toHaveLength(5);
});

test('a policy change is in force at once, for running and for later processes', () => {
  start();
  kernel.exchange({ tgid: 100, path: '/a' });
  expect(kernel.flight).toHaveLength(1);
  agent.reconfigure(configOf({ sampling: { baselinePercent: 100, services: [{ name: 'cart', percent: 0 }] } }));
  expect([...kernel.policies.values()].map(({ threshold }) => threshold)).toEqual([0n, 1n << 56n]);
});

test('targets follow exec, fork and exit', async () => {
  start({ discovery: { executables: ['/srv/*'] } });
  expect([...kernel.targets().keys()]).toEqual([100]);
  proc.add({ pid: 400, executable: '/srv/late', parent: 300 });
  kernel.control({ kind: 'exec', tgid: 400, comm: 'late', selected: false, atNs: 0n });
  await systemClock.sleep(60);
  expect([...kernel.targets().keys()]).toEqual([100, 400]);
  kernel.setTarget(500, { serviceId: 1 });
  proc.add({ pid: 500, executable: '/bin/sh', parent: 100 });
  kernel.control({ kind: 'fork', parentTgid: 100, tgid: 500, selected: true, atNs: 0n });
  await systemClock.sleep(60);
  expect(kernel.targets().has(500)).toBe(false);
  proc.remove(400);
  kernel.control({ kind: 'exit', tgid: 400, selected: true, atNs: 0n });
  expect(kernel.targets().has(400)).toBe(false);
});

describe('a changed configuration is in force without a restart:', () => {
  const change = (changes: object) => agent.reconfigure(configOf(changes));
  const reloads = () => new Map(agent.samples()).get('config_reloads_total');

  test('which processes are followed; and each change is counted', () => {
    start();
    expect(reloads()).toBeUndefined();
    change({ discovery: { executables: ['/usr/bin/other'] } });
    expect([...kernel.targets().keys()]).toEqual([300]);
    change({});
    expect([[...kernel.targets().keys()], reloads()]).toEqual([[100, 200], 2]);
  });

  test('how routes are named', async () => {
    start();
    change({ routes: [{ match: '/orders/*', as: '/o' }] });
    kernel.exchange({ tgid: 100, path: '/orders/{id}' });
    await receiver.until(() => total('shop', { 'http.route': '/o' }) === 1);
  });

  test('what is captured', async () => {
    start();
    change({ capture: { headers: ['X-Id'], query: true } });
    const head = 'GET /a?q=1 HTTP/1.1\r\nX-Id: 5\r\n\r\n';
    kernel.exchange({ tgid: 100, path: '/a', status: 500, head });
    await receiver.until(() => receiver.spans.length === 1);
    expect(receiver.spans[0]?.attributes).toMatchObject({ 'url.query': 'q=1' });
    expect(JSON.stringify(receiver.spans[0]?.attributes['http.request.header.x-id'])).toContain('5');
  });

  test('how often metrics are sent', async () => {
    start({ interval: '1h' });
    kernel.exchange({ tgid: 100, path: '/a' });
    change({ interval: '100ms' });
    await receiver.until(() => total('shop') === 1);
  });

  test('which metrics there are', async () => {
    start({ metrics: { families: ['application'] } });
    change({ metrics: { families: ['spanMetrics'] } });
    kernel.exchange({ tgid: 100, path: '/a' });
    await receiver.until(() => receiver.count('traces.spanmetrics.calls') === 1);
    expect(total('shop')).toBe(0);
  });

  test('how many series of connections there are', async () => {
    start({ metrics: { seriesLimit: 1 } });
    const to = (port: number) => kernel.control({ ...closed(), remote: { address: '10.0.0.9', port } });
    to(1);
    to(2);
    change({ metrics: { seriesLimit: 10 } });
    to(3);
    const seen = () => receiver.latest('tcp.connections.closed').map(({ attributes }) => attributes['server.port']);
    await receiver.until(() => seen().length === 3);
    expect(seen()).toEqual([1, undefined, 3]);
  });

  test('the name of the cluster, of every resource', async () => {
    start({ interval: '1h' });
    change({ clusterName: 'west', interval: '100ms' });
    kernel.exchange({ tgid: 100, path: '/a', status: 500 });
    kernel.exchange({ tgid: 100, path: '/a', side: 'client' });
    const west = { 'k8s.cluster.name': 'west' };
    await receiver.until(() => total('shop', west) === 1 && receiver.spans.length > 0);
    expect(receiver.spans[0]?.resource).toMatchObject(west);
    const edges = receiver.latest('traces_service_graph_request_total');
    expect(new Set(edges.map(({ resource }) => resource['k8s.cluster.name']))).toEqual(new Set(['west']));
  });

  test('where everything is sent', async () => {
    start();
    const other = await OtlpReceiver.start();
    try {
      change({ otlp: { endpoint: other.endpoint, headers: { 'x-scope-orgid': 'b' } } });
      kernel.exchange({ tgid: 100, path: '/a', status: 500 });
      await other.until(() => other.spans.length === 1 && other.count('http.server.request.duration') === 1);
      expect(receiver.spans).toEqual([]);
    } finally {
      await agent.stop();
      other.stop();
    }
  });
});

test.each([1, -1])(
  'points of metrics follow a step of the wall clock by %i hour, and begin before they end',
  async (hours) => {
    start();
    const real = Date.now();
    const stepMs = hours * 3_600_000;
    const wall = jest.spyOn(Date, 'now').mockImplementation(() => real + stepMs);
    try {
      kernel.exchange({ tgid: 100, path: '/a' });
      agent.exportMetrics();
      await receiver.until(() => total('shop') === 1);
    } finally {
      wall.mockRestore();
    }
    const [point] = receiver.latest('http.server.request.duration');
    const [startMs, timeMs] = [point?.startTimeUnixNano, point?.timeUnixNano].map((ns) => Number(ns) / 1e6) as [
      number,
      number,
    ];
    expect(Math.abs(timeMs - (real + stepMs))).toBeLessThan(30_000);
    expect(startMs).toBeLessThanOrEqual(timeMs);
  },
);

test('a full table of targets ends nothing: who waits is named, and follows at a later look', async () => {
  kernel.mostTargets = 1;
  start();
  expect([...kernel.targets().keys()]).toEqual([100]);
  expect([...agent.samples()]).toContainEqual(['processes_skipped{reason="targets-full"}', 1]);
  kernel.mostTargets = 2;
  agent.discovery.scan();
  expect([...kernel.targets().keys()]).toEqual([100, 200]);
});

describe('a call between two selected processes', () => {
  const client = { address: '127.0.0.1', port: 55_555 };
  const server = { address: '127.0.0.1', port: 8080 };

  test('is one trace with the client span as parent, and one edge of the graph', async () => {
    start({ sampling: { baselinePercent: 100 } });
    const link = { traceId: 'ab'.repeat(16), requestSequence: 77, path: '/cart/{id}' };
    kernel.exchange({ ...link, tgid: 100, side: 'client', local: client, remote: server });
    kernel.exchange({ ...link, tgid: 200, side: 'server', local: server, remote: client });
    await receiver.until(() => receiver.spans.length === 2 && total('cart') === 1);
    const [out, into] = [3, 2].map((kind) => receiver.spans.find((span) => span.kind === kind));
    expect(into).toMatchObject({ traceId: out?.traceId, parentSpanId: out?.spanId });
    expect(out?.parentSpanId).toBeUndefined();
    await receiver.until(() => receiver.count('traces_service_graph_request_total') === 1);
    expect(receiver.latest('traces_service_graph_request_total').map((point) => point.attributes)).toEqual([
      { client: 'shop', server: 'cart' },
    ]);
  });

  test('brings its other end back from the flight recorder when only one end was worth keeping', async () => {
    start();
    const startNs = process.hrtime.bigint();
    const link = { traceId: 'cd'.repeat(16), requestSequence: 78, path: '/cart/{id}', status: 404, startNs };
    kernel.exchange({ ...link, tgid: 200, side: 'server', local: server, remote: client });
    kernel.exchange({ ...link, tgid: 100, side: 'client', local: client, remote: server });
    await receiver.until(() => receiver.spans.length === 2);
    const byKind = receiver.spans.toSorted((a, b) => a.kind - b.kind);
    expect(byKind.map((span) => span.attributes['ostack.kept'])).toEqual(['relative', 'error']);
    expect(byKind.map((span) => span.traceState)).toEqual([undefined, 'ot=th:0']);
    expect(new Set(byKind.map((span) => span.traceId)).size).toBe(1);
  });
});
