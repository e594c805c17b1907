import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { FakeApi } from './api.fixture.ts';
import { PodWatch } from './pod-watch.ts';

const pod = (name: string, version: string, extra: object = {}) => ({
  metadata: { uid: `uid-${name}`, name, namespace: 'ns', resourceVersion: version, ...extra },
  status: { podIPs: [{ ip: `10.0.0.${name.length}` }] },
});
const list = (version: string, items: readonly object[], more = '') => ({
  status: 200,
  body: { metadata: { resourceVersion: version, continue: more }, items },
});
const until = async (condition: () => boolean) => {
  for (const end = performance.now() + 5_000; !condition();) {
    if (performance.now() > end) throw new Error('not within 5 s');
    await systemClock.sleep(5);
  }
};

let api: FakeApi;
let watch: PodWatch;
let changes: number;
beforeEach(async () => {
  api = await FakeApi.start();
  changes = 0;
});
afterEach(async () => {
  await watch.stop();
  api.stop();
});

function start(clock: Clock = systemClock): PodWatch {
  watch = new PodWatch({
    server: api.server,
    node: 'n 1',
    clock,
    jitter: () => 0,
    log: createLog('test', 'silent'),
    onChange: () => changes++,
  });
  return watch;
}
const watchesFrom = () =>
  api.asked.filter((path) => path.includes('watch=1')).map((path) => /resourceVersion=(\w+)/.exec(path)?.[1]);

test('the pods of the node are listed in pages, then followed', async () => {
  api.reply = (url) => {
    if (url.searchParams.has('watch')) return { watch: true };
    return url.searchParams.has('continue') ? list('5', [pod('bb', '2')]) : list('5', [pod('a', '1')], 'next');
  };
  start();
  await until(() => api.watches === 1);
  expect(watch.synced).toBe(true);
  expect(watch.get('uid-a', undefined)?.name).toBe('a');
  expect(watch.at('10.0.0.2')?.name).toBe('bb');
  expect(api.asked[0]).toBe('Bearer secret /api/v1/pods?fieldSelector=spec.nodeName%3Dn+1&limit=500');
  api.event('ADDED', pod('ccc', '6'));
  await until(() => watch.at('10.0.0.3') !== undefined);
  api.event('DELETED', pod('a', '7'));
  await until(() => watch.get('uid-a', undefined) === undefined);
  expect(watch.at('10.0.0.1')).toBeUndefined();
  expect(changes).toBe(3);
});

test('a broken watch goes on after the last event or bookmark, without a new list', async () => {
  api.reply = (url) => (url.searchParams.has('watch') ? { watch: true } : list('5', [pod('a', '1')]));
  start();
  await until(() => api.watches === 1);
  api.event('MODIFIED', pod('a', '8'));
  await until(() => changes === 2);
  api.cut();
  await until(() => watchesFrom().length === 2 && api.watches === 1);
  api.event('BOOKMARK', { metadata: { resourceVersion: '11' } });
  await systemClock.sleep(50);
  api.cut();
  await until(() => watchesFrom().length === 3);
  expect(watchesFrom()).toEqual(['5', '8', '11']);
  expect(watch.counters.get('pod_watch_lists_total')).toBe(1);
});

test.each(['as a status', 'as an event'])(
  'an expired version %s lists again and forgets what is gone',
  async (form) => {
    let expired = false;
    api.reply = (url) => {
      if (!url.searchParams.has('watch')) return expired ? list('90', [pod('bb', '80')]) : list('5', [pod('a', '1')]);
      return expired && url.searchParams.get('resourceVersion') === '5' ? { status: 410 } : { watch: true };
    };
    start();
    await until(() => api.watches === 1);
    expired = true;
    if (form === 'as an event') api.event('ERROR', { code: 410, message: 'too old' });
    else api.cut();
    await until(() => watch.get('uid-bb', undefined) !== undefined);
    expect(watch.get('uid-a', undefined)).toBeUndefined();
  },
);

test('while the API server is away the known pods stay, and the reason is told', async () => {
  let away = false;
  api.reply = (url) => {
    if (away) return { status: 503 };
    return url.searchParams.has('watch') ? { watch: true } : list('5', [pod('a', '1')]);
  };
  start();
  await until(() => api.watches === 1);
  away = true;
  api.cut();
  await until(() => watch.problem.includes('503'));
  expect(watch.get('uid-a', undefined)?.name).toBe('a');
  away = false;
  await until(() => api.watches === 1 && watch.problem === '');
});

test('watches that end as soon as they begin are not asked for again and again', async () => {
  const waits: number[] = [];
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      waits.push(ms);
      await systemClock.sleep(1);
    },
  };
  api.reply = (url) => (url.searchParams.has('watch') ? { status: 200, body: {} } : list('5', []));
  start(clock);
  await until(() => waits.includes(30_000));
  expect(waits.slice(0, 9)).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
  expect(watchesFrom().length - waits.length).toBeLessThanOrEqual(1);
  // One that lasted is followed by another at once.
  api.reply = (url) => (url.searchParams.has('watch') ? { watch: true } : list('5', []));
  await until(() => api.watches === 1 && watch.problem === '');
  const before = waits.length;
  nowMs += 60_000;
  api.end();
  await until(() => api.watches === 1);
  expect(waits).toHaveLength(before);
});

test('a missing right is named', async () => {
  api.reply = () => ({ status: 403 });
  start();
  await until(() => watch.problem !== '');
  expect(watch.problem).toBe('GET /api/v1/pods: status 403');
  expect(watch.synced).toBe(false);
});
