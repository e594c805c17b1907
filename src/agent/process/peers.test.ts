import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../lib/clock.ts';
import { FakeApi } from './api.fixture.ts';
import { Peers, type PeersOptions, type WorkloadPeer } from './peers.ts';
import { parsePod, type Pod } from './pod.ts';

let nowMs = 0;
let slept: number[] = [];
const clock: Clock = {
  now: () => nowMs,
  sleep: async (ms) => {
    slept.push(ms);
    await new Promise((resolve) => setTimeout(resolve, 1));
  },
};
const minute = 60_000;
const pod = (name: string, address: string, namespace = 'ns') => ({
  metadata: { uid: name, name, namespace },
  status: { podIPs: [{ ip: address }] },
});

let api: FakeApi;
let peers: Peers;
let here: Map<string, Pod>;
beforeEach(async () => {
  api = await FakeApi.start();
  here = new Map();
  slept = [];
});
afterEach(async () => {
  await peers.stop();
  api.stop();
});

function start(options: Partial<PeersOptions> = {}): Peers {
  peers = new Peers({
    podAt: (address) => here.get(address),
    identityIn: (uid) => (uid === 'target' ? { key: 'k', name: 'shop', namespace: 'ns', resource: {} } : undefined),
    reporterIn: (uid) =>
      uid === 'sdk' ? { key: 's', name: 'till', namespace: 'ns', resource: {}, reportsItself: true } : undefined,
    countsAt: (one) => one.namespace !== 'skipped' && !one.reports,
    hostAddresses: () => new Set(['10.244.0.1']),
    server: api.server,
    clock,
    jitter: () => 0,
    ...options,
  });
  return peers;
}
const named = async (address: string) => {
  for (let i = 0; i < 500; i++) {
    const peer = peers.peerOf(address);
    if (peer.kind !== 'pending') return peer;
    await clock.sleep(1);
  }
  throw new Error(`${address} stays pending`);
};

test('pods of this node are known at once, by the name their processes report under', () => {
  start();
  here.set('10.0.0.5', {
    uid: 'target',
    name: 'p',
    namespace: 'ns',
    labels: {},
    annotations: {},
    ips: [],
    hostNetwork: false,
    containers: new Map(),
  });
  here.set('10.0.0.6', { ...(here.get('10.0.0.5') as Pod), uid: 'other', name: 'quiet' });
  expect(peers.peerOf('10.0.0.5')).toEqual({
    kind: 'workload',
    name: 'shop',
    namespace: 'ns',
    counted: true,
    reportsItself: false,
  });
  expect(peers.peerOf('10.0.0.6')).toMatchObject({ name: 'quiet', counted: false });
  here.set('10.0.0.7', { ...(here.get('10.0.0.5') as Pod), uid: 'sdk' });
  expect(peers.peerOf('10.0.0.7')).toMatchObject({ name: 'till', counted: false, reportsItself: true });
  here.clear();
  expect(peers.peerOf('10.0.0.5')).toMatchObject({ name: 'shop', counted: true });
  expect(api.asked).toEqual([]);
});

test('pods of other nodes are asked for once, when they show up', async () => {
  api.reply = (url) => {
    const selector = url.searchParams.get('fieldSelector') ?? '';
    const items = url.pathname.endsWith('/pods')
      ? [pod(selector.endsWith('.7') ? 'far' : 'x', '10.0.1.7', selector.endsWith('.8') ? 'skipped' : 'ns')]
      : [];
    return { status: 200, body: { items } };
  };
  start();
  expect(peers.peerOf('10.0.1.7')).toEqual({ kind: 'pending' });
  expect(await named('10.0.1.7')).toEqual({
    kind: 'workload',
    name: 'far',
    namespace: 'ns',
    counted: true,
    reportsItself: false,
  });
  expect(await named('10.0.1.8')).toMatchObject({ counted: false });
  peers.peerOf('10.0.1.7');
  expect(api.asked).toEqual([
    'Bearer secret /api/v1/pods?fieldSelector=status.podIP%3D10.0.1.7&limit=10',
    'Bearer secret /api/v1/pods?fieldSelector=status.podIP%3D10.0.1.8&limit=10',
  ]);
});

test('virtual addresses of services are told from the world outside, also without the right to list services', async () => {
  let allowed = true;
  api.reply = (url) => {
    if (url.pathname.endsWith('/pods')) return { status: 200, body: { items: [] } };
    return allowed ? { status: 200, body: { items: url.search.includes('10.96') ? [{}] : [] } } : { status: 403 };
  };
  start();
  expect(await named('10.96.0.9')).toEqual({ kind: 'service' });
  expect(await named('203.0.113.4')).toEqual({ kind: 'outside' });
  allowed = false;
  expect(await named('10.96.0.10')).toEqual({ kind: 'service' });
  expect(await named('203.0.113.5')).toEqual({ kind: 'outside' });
});

describe('behind a virtual address', () => {
  const service = { metadata: { namespace: 'ns' }, spec: { selector: { app: 'till', tier: 'web' } } };
  const answeringWith = (behind: object) => {
    api.reply = (url) => {
      const items = url.searchParams.has('labelSelector')
        ? [behind]
        : url.pathname.endsWith('/services')
          ? [service]
          : [];
      return { status: 200, body: { items } };
    };
  };
  const answering = (behind: object) => {
    answeringWith(behind);
    start();
    return named('10.96.0.9');
  };
  const containers = (env: object[]) => ({ spec: { containers: [{ name: 'app', env }] } });

  test('an agent counts: its end makes the arrow', async () => {
    expect(await answering(pod('a', '10.0.1.7'))).toEqual({ kind: 'service' });
    expect(api.asked.at(-1)).toContain('/namespaces/ns/pods?labelSelector=app%3Dtill%2Ctier%3Dweb&');
  });

  test.each([
    ['its own name', [{ name: 'OTEL_SERVICE_NAME', value: 'till' }], 'till'],
    [
      'the name of its resource',
      [{ name: 'OTEL_RESOURCE_ATTRIBUTES', value: 'service.name=cash%20desk' }],
      'cash desk',
    ],
    ["the pod's", [], 'a'],
  ])('an SDK reports: ours is the only end that sees the call, and it is known by %s', async (_, env, name) => {
    const sdk = { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', valueFrom: { fieldRef: {} } };
    const peer = await answering({ ...pod('a', '10.0.1.7'), ...containers([...env, sdk]) });
    expect(peer).toEqual({ kind: 'workload', name, namespace: 'ns', counted: false, reportsItself: true });
  });

  test('pods change: the address is asked for again after a while, and keeps its name until there is an answer', async () => {
    expect(await answering(pod('a', '10.0.1.7', 'skipped'))).toMatchObject({ name: 'a' });
    const before = api.asked.length;
    peers.peerOf('10.96.0.9');
    nowMs += 6 * 60_000;
    answeringWith(pod('b', '10.0.1.8', 'skipped'));
    expect(peers.peerOf('10.96.0.9')).toMatchObject({ name: 'a' });
    const current = () => peers.peerOf('10.96.0.9') as WorkloadPeer;
    for (let i = 0; i < 500 && current().name === 'a'; i++) await clock.sleep(1);
    expect([current().name, api.asked.length]).toEqual(['b', before + 3]);
  });

  test('nobody counts or reports', async () => {
    const peer = await answering(pod('a', '10.0.1.7', 'skipped'));
    expect(peer).toMatchObject({ kind: 'workload', name: 'a', counted: false, reportsItself: false });
  });
});

describe('names are never wrong for ever', () => {
  const inPods = (items: () => object[]) => {
    api.reply = (url) => ({ status: 200, body: { items: url.pathname.endsWith('/pods') ? items() : [] } });
  };
  const current = () => peers.peerOf('10.0.1.7');
  const until = async (condition: () => boolean) => {
    for (let i = 0; i < 500 && !condition(); i++) await clock.sleep(1);
    expect(condition()).toBe(true);
  };

  test('while the API server fails an address has no name, however often it is asked, and then its own', async () => {
    api.reply = () => ({ status: 503 });
    start();
    current();
    await until(() => api.asked.length >= 8);
    expect(current()).toEqual({ kind: 'pending' });
    expect(peers.counters.get('peer_lookup_errors_total')).toBeGreaterThanOrEqual(7);
    inPods(() => [pod('far', '10.0.1.7')]);
    expect(await named('10.0.1.7')).toMatchObject({ kind: 'workload', name: 'far' });
  });

  test('each failure waits longer than the one before, up to half a minute', async () => {
    api.reply = () => ({ status: 503 });
    start();
    current();
    await until(() => slept.includes(30_000));
    expect(slept.filter((ms) => ms > 1).slice(0, 7)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  });

  test('an address that passes to another pod is asked for again and takes its name', async () => {
    let owner = 'a';
    inPods(() => [pod(owner, '10.0.1.7')]);
    start();
    expect(await named('10.0.1.7')).toMatchObject({ name: 'a' });
    owner = 'b';
    current();
    nowMs += 6 * minute;
    await until(() => (current() as WorkloadPeer).name === 'b');
  });

  test('so is one of a pod that was on this node', async () => {
    inPods(() => [pod('b', '10.0.1.7')]);
    start();
    here.set('10.0.1.7', parsePod(pod('a', '10.0.1.7')) as Pod);
    expect(current()).toMatchObject({ name: 'a' });
    here.clear();
    expect(current()).toMatchObject({ name: 'a' });
    nowMs += 6 * minute;
    await until(() => (current() as WorkloadPeer).name === 'b');
  });

  test('the world outside is asked about again too, but seldom', async () => {
    let items: object[] = [];
    inPods(() => items);
    start();
    expect(await named('203.0.113.4')).toEqual({ kind: 'outside' });
    items = [pod('late', '203.0.113.4')];
    const asked = api.asked.length;
    nowMs += 6 * minute;
    expect(peers.peerOf('203.0.113.4')).toEqual({ kind: 'outside' });
    expect(api.asked.length).toBe(asked);
    nowMs += 60 * minute;
    await until(() => peers.peerOf('203.0.113.4').kind === 'workload');
  });

  test('a failed renewal leaves the name until there is an answer', async () => {
    inPods(() => [pod('a', '10.0.1.7')]);
    start();
    await named('10.0.1.7');
    api.reply = () => ({ status: 500 });
    nowMs += 6 * minute;
    current();
    await until(() => peers.counters.get('peer_lookup_errors_total') >= 2);
    expect(current()).toMatchObject({ name: 'a' });
  });
});

test('nobody is asked about an address the kernel has forgotten', () => {
  start();
  expect(peers.peerOf('')).toEqual({ kind: 'unknown' });
  expect(api.asked).toEqual([]);
});

test('a pod the API server learns of a moment later is still named', async () => {
  let asked = 0;
  api.reply = (url) => ({
    status: 200,
    body: { items: url.pathname.endsWith('/pods') && ++asked > 2 ? [pod('new', '10.0.1.9')] : [] },
  });
  start();
  expect(await named('10.0.1.9')).toMatchObject({ kind: 'workload', name: 'new' });
});

test("the host's own addresses and loopback are the host; without a cluster the rest is outside", () => {
  start({ server: undefined as never });
  expect(['127.0.0.1', '127.8.0.1', '10.244.0.1', '10.0.0.1'].map((address) => peers.peerOf(address).kind)).toEqual([
    'host',
    'host',
    'host',
    'outside',
  ]);
});
