import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { FakeApi } from './fake-api.fixture.ts';
import { Reflector, type ReflectorTiming, type Scope } from './reflector.ts';
import { Rest } from './rest.ts';

let api: FakeApi;
let rest: Rest;
let stop: AbortController;
let running: Promise<void>;
let seen: string[];

beforeEach(async () => {
  api = new FakeApi();
  rest = new Rest(await api.start(), { clock: systemClock, perSecond: 5000, burst: 5000 });
  stop = new AbortController();
  running = Promise.resolve();
  seen = [];
});

afterEach(async () => {
  stop.abort();
  await running;
  rest.close();
  await api.stop();
});

function follow(timing: Partial<ReflectorTiming> = {}, scope: Partial<Scope> = {}): Reflector {
  const reflector = new Reflector({
    rest,
    scope: { apiVersion: 'v1', kind: 'Thing', ...scope },
    path: async () => '/things',
    onChange: (change) => seen.push(`${change.kind} ${change.live.metadata.name}`),
    clock: systemClock,
    random: () => 0.5,
    log: createLog('test', 'silent'),
    timing: { backoff: { baseMs: 20, maxMs: 100 }, ...timing },
  });
  running = reflector.run(stop.signal);
  return reflector;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 5000;
  while (!condition()) {
    if (systemClock.now() > deadline) throw new Error(`not reached; seen: ${seen.join(', ')}`);
    await systemClock.sleep(2);
  }
}

const names = (reflector: Reflector) => [...reflector.store.all()].map(({ metadata }) => metadata.name).sort();

test('a large collection is read page by page, then watched from where the list was read', async () => {
  for (let i = 0; i < 12; i += 1) api.put(`t${i}`);
  const reflector = follow({ pageSize: 5 });
  expect(reflector.synced()).toBe(false);
  await until(() => api.watches.size === 1);
  expect(reflector.synced()).toBe(true);
  expect(reflector.store.size).toBe(12);
  expect(api.count('list')).toBe(3);
  expect(api.requests.at(-1)!.query.get('resourceVersion')).toBe('112');
  await until(() => reflector.staleSinceMs() === 0);
});

test('a page token that expires on the way restarts the list in one piece', async () => {
  for (let i = 0; i < 7; i += 1) api.put(`t${i}`);
  const answered = rest.request.bind(rest);
  rest.request = async (...request) => {
    const answer = await answered(...request);
    if (api.count('list') === 1) {
      api.put('late');
      api.compact();
    }
    return answer;
  };
  const reflector = follow({ pageSize: 5 });
  await until(() => api.watches.size === 1);
  expect(reflector.store.size).toBe(8);
  expect(api.requests.map(({ query }) => query.get('limit'))).toEqual(['5', '5', null, null]);
});

test('additions, changes and removals arrive, each once', async () => {
  api.put('a');
  const reflector = follow();
  await until(() => api.watches.size === 1);
  api.put('b');
  api.put('a');
  api.remove('b');
  await until(() => seen.length === 4);
  expect(seen).toEqual(['added a', 'added b', 'changed a', 'removed b']);
  expect(names(reflector)).toEqual(['a']);
});

test('a watch that ends at its deadline goes on from the last event, without a list', async () => {
  const reflector = follow();
  await until(() => api.watches.size === 1);
  await systemClock.sleep(1050);
  const { metadata } = api.put('a');
  api.endWatches();
  api.put('b');
  await until(() => seen.length === 2);
  expect(seen).toEqual(['added a', 'added b']);
  expect(api.count('list')).toBe(1);
  expect(api.requests.at(-1)!.query.get('resourceVersion')).toBe(metadata.resourceVersion);
  expect(reflector.counts.failures).toBe(0);
});

test('a bookmark moves the place to go on from, so that a quiet kind survives compaction', async () => {
  follow();
  await until(() => api.watches.size === 1);
  api.bookmark();
  api.compact();
  await systemClock.sleep(20);
  api.resetWatches();
  await until(() => api.count('watch') === 2);
  await until(() => api.watches.size === 1);
  expect(api.count('list')).toBe(1);
});

test.each([
  ['as an event in the middle of a watch', () => api.breakWatches(410)],
  ['as the answer to a new watch', () => api.resetWatches()],
])('410 %s is answered with a new list, and what was missed is found', async (_name, fault) => {
  api.put('a');
  api.put('b');
  const reflector = follow();
  await until(() => api.watches.size === 1);
  api.frozen = true;
  api.remove('a');
  api.put('c');
  api.compact();
  api.frozen = false;
  fault();
  await until(() => api.count('list') === 2 && api.watches.size === 1);
  expect(names(reflector)).toEqual(['b', 'c']);
  expect(seen.slice(2).sort()).toEqual(['added c', 'removed a']);
});

test('a reset connection goes on from the last event, again and again, without a list', async () => {
  const reflector = follow();
  for (let i = 0; i < 5; i += 1) {
    await until(() => api.watches.size === 1);
    api.put(`during${i}`);
    api.resetWatches();
    await until(() => api.watches.size === 0);
    api.put(`between${i}`);
  }
  await until(() => reflector.store.size === 10);
  expect(api.count('list')).toBe(1);
  expect(seen).toHaveLength(10);
});

test('a half-open connection is cut when the bookmarks stop, and nothing is lost', async () => {
  const reflector = follow({ quietMs: 150 });
  await until(() => reflector.staleSinceMs() === 0);
  api.bookmark();
  await systemClock.sleep(20);
  api.frozen = true;
  api.put('a');
  await until(() => reflector.counts.failures === 1);
  api.frozen = false;
  await until(() => seen.length === 1);
  expect(names(reflector)).toEqual(['a']);
  expect(api.count('list')).toBe(1);
});

test('a kind in which nothing happens is watched anew now and then, which is no failure', async () => {
  const reflector = follow({ quietMs: 50, idleMs: 200 });
  await until(() => reflector.staleSinceMs() === 0);
  api.frozen = true;
  api.put('a');
  await until(() => api.count('watch') === 2 && seen.length === 1);
  expect(reflector.counts.failures).toBe(0);
});

test('errors of the server are waited out, longer each time', async () => {
  api.failNext('list', 500, 2);
  api.failNext('watch', 503, 2);
  api.put('a');
  const reflector = follow();
  await until(() => api.watches.size === 1);
  expect(reflector.counts.failures).toBe(4);
  expect(names(reflector)).toEqual(['a']);
  await until(() => reflector.staleSinceMs() === 0);
});

test('a version the server will not take, whatever it says, is given up for a new list', async () => {
  api.put('a');
  const reflector = follow({ backoff: { baseMs: 1, maxMs: 2 } });
  await until(() => api.watches.size === 1);
  api.failNext('watch', 504, 6);
  api.resetWatches();
  await until(() => api.count('list') === 2 && api.watches.size === 1);
  expect(api.count('watch')).toBe(8);
  expect(names(reflector)).toEqual(['a']);
});

test('a server that came back from an older backup is believed', async () => {
  for (const name of ['a', 'b', 'c']) api.put(name);
  const reflector = follow({ backoff: { baseMs: 1, maxMs: 2 } });
  await until(() => api.watches.size === 1);
  api.restore(50, ['a', 'old']);
  api.resetWatches();
  await until(() => api.count('list') === 2 && api.watches.size === 1);
  expect(names(reflector)).toEqual(['a', 'old']);
  api.put('new');
  await until(() => names(reflector).includes('new'));
});

test('429 is waited out for as long as the server says', async () => {
  api.failNext('watch', 429, 1, { 'retry-after': '1' });
  const before = systemClock.now();
  follow();
  await until(() => api.watches.size === 1);
  expect(systemClock.now() - before).toBeGreaterThan(950);
  expect(api.count('watch')).toBe(2);
});

test('a server that ends every watch at once is not asked in a loop', async () => {
  follow({ backoff: { baseMs: 100, maxMs: 400 } });
  const timer = setInterval(() => api.endWatches(), 1);
  await systemClock.sleep(1000);
  clearInterval(timer);
  expect(api.count('watch')).toBeLessThan(9);
});

test('staleness is told from the moment the watch is gone', async () => {
  const reflector = follow({ backoff: { baseMs: 400, maxMs: 400 } });
  await until(() => api.watches.size === 1);
  api.failNext('watch', 500, 1);
  api.resetWatches();
  await until(() => reflector.staleSinceMs() > 100);
  await until(() => reflector.staleSinceMs() === 0);
});

test('an audit finds what the watch did not bring, counts it and mends it', async () => {
  api.put('a');
  api.put('b');
  const reflector = follow({ settleMs: 20 });
  await until(() => reflector.synced() && reflector.staleSinceMs() === 0);
  expect(await reflector.audit(stop.signal)).toBe(0);
  api.frozen = true;
  api.remove('a');
  api.put('c');
  api.put('b');
  api.frozen = false;
  api.bookmark();
  await until(() => api.requests.length === 3);
  await systemClock.sleep(20);
  expect(await reflector.audit(stop.signal)).toBe(3);
  await until(() => names(reflector).join() === 'b,c');
  expect(reflector.missed).toBe(3);
  expect(api.requests[2]!.accept).toContain('PartialObjectMetadataList');
});

test('what we wrote is read at once, unless the watch has already seen it go', async () => {
  const reflector = follow();
  await until(() => api.watches.size === 1);
  api.frozen = true;
  const written = api.put('a');
  reflector.learn(written);
  expect(names(reflector)).toEqual(['a']);
  expect(seen).toEqual([]);
  api.frozen = false;
  const gone = api.put('b');
  api.remove('b');
  await until(() => seen.includes('removed b'));
  reflector.learn(gone);
  expect(names(reflector)).toEqual(['a']);
});

test('metadata-only mode asks for metadata and keeps name and version', async () => {
  api.put('a', { data: { secret: 'x' } });
  const reflector = follow({}, { metadataOnly: true });
  await until(() => api.watches.size === 1);
  expect(api.requests.map(({ accept }) => accept)).toEqual([
    expect.stringContaining('as=PartialObjectMetadataList'),
    expect.stringContaining('as=PartialObjectMetadata;'),
  ]);
  expect(Object.keys(reflector.store.get('a', 'a')!)).toEqual(['apiVersion', 'kind', 'metadata']);
});

test('selectors go with the list and the watch', async () => {
  follow({}, { labelSelector: 'ostack.io/stack', fieldSelector: 'metadata.name=a' });
  await until(() => api.watches.size === 1);
  for (const { query } of api.requests) {
    expect(query.get('labelSelector')).toBe('ostack.io/stack');
    expect(query.get('fieldSelector')).toBe('metadata.name=a');
  }
});
