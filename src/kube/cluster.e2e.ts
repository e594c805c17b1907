import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { childScope, Conflict, Fenced, Lease, type Live, refOf, type Rest, type Scope } from './index.ts';
import {
  createNamespace,
  namespace,
  pathOf,
  type Process,
  restOf,
  startProcess,
  until,
  untilSeen,
} from './process.fixture.ts';
import { sampleObjects } from './sample.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'ostack-cluster-'));
const config = sampleObjects(namespace).find(({ kind }) => kind === 'ConfigMap')!;
let plane: ControlPlane;
let admin: Rest;
let processes: Process[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  admin = await restOf(plane);
  await createNamespace(admin);
}, 120_000);

afterEach(async () => {
  await Promise.all(processes.map((each) => each.stop()));
  processes = [];
});

afterAll(async () => {
  admin?.close();
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

async function begin(options: Parameters<typeof startProcess>[1] = {}): Promise<Process> {
  const operator = await startProcess(plane, options);
  processes.push(operator);
  return operator;
}

test('the store lives through a restart of the API server, sees what came after it, and does not storm', async () => {
  const operator = await begin({ scopes: [childScope('v1', 'ConfigMap'), childScope('v1', 'Secret')] });
  await operator.cluster.apply(config);
  await plane.restartApiServer();
  await until(() => operator.cluster.staleSinceMs() === 0, 'the watches to be back', 60_000);
  const body = { data: { after: 'restart' } };
  const contentType = 'application/merge-patch+json';
  const changed = (await admin.request('PATCH', pathOf(config), { body, contentType })).body as Live;
  await untilSeen(operator, changed);
  expect(operator.cluster.read(refOf(config))?.['data']).toMatchObject({ after: 'restart' });
  const { requests, lists, missed } = operator.cluster.stats();
  // A server that just started may know nothing of the past, and then it asks for a list, once for each kind.
  expect(lists).toBeLessThanOrEqual(4);
  expect(missed).toBe(0);
  expect(requests.watch).toBeLessThan(40);
}, 90_000);

test('a write that comes after the lease could have been lost is refused here, not by luck there', async () => {
  let holding = true;
  const operator = await begin({ holding: () => holding, scopes: [childScope('v1', 'ConfigMap')] });
  holding = false;
  const late = { ...config, metadata: { ...config.metadata, name: 'late' } };
  await expect(operator.cluster.apply(late)).rejects.toBeInstanceOf(Fenced);
  await expect(operator.cluster.remove(refOf(config))).rejects.toBeInstanceOf(Fenced);
  await expect(operator.cluster.patchMeta(refOf(config), {})).rejects.toBeInstanceOf(Fenced);
  await expect(operator.cluster.patchStatus(refOf(config), {})).rejects.toBeInstanceOf(Fenced);
  await operator.cluster.event({ ...refOf(config), uid: 'u' }, { type: 'Normal', reason: 'A', message: 'b' });
  await expect(admin.request('GET', pathOf(late))).rejects.toThrow('404');
  const events = (await admin.request('GET', `/api/v1/namespaces/${namespace}/events`)).body as { items: object[] };
  expect(events.items).toEqual([]);
});

test('of the Secrets of others only versions are kept, and contents are read once for each', async () => {
  const everySecret: Scope = { apiVersion: 'v1', kind: 'Secret', metadataOnly: true };
  const operator = await begin({ scopes: [everySecret, childScope('v1', 'Secret')] });
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'bucket' };
  expect(await operator.cluster.contentHash(ref)).toBeUndefined();
  const write = async (key: string) => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bucket' }, stringData: { key } };
    const query = { fieldManager: 'somebody', force: true };
    const path = `/api/v1/namespaces/${namespace}/secrets/bucket`;
    const { body: live } = await admin.request('PATCH', path, {
      query,
      body,
      contentType: 'application/apply-patch+yaml',
    });
    const version = (live as Live).metadata.resourceVersion;
    await until(() => operator.cluster.version(ref) === version, 'the new version');
  };
  await write('one');
  const before = operator.rest.counts.get;
  const first = await operator.cluster.contentHash(ref);
  expect(await operator.cluster.contentHash(ref)).toBe(first);
  expect(operator.rest.counts.get).toBe(before + 1);
  await write('two');
  expect(await operator.cluster.contentHash(ref)).not.toBe(first);
  expect(operator.cluster.read(ref)).toBeUndefined();
  await admin.request('DELETE', `/api/v1/namespaces/${namespace}/secrets/bucket`);
  await until(() => operator.cluster.version(ref) === undefined, 'the removal');
  expect(await operator.cluster.contentHash(ref)).toBeUndefined();
});

test('removing asks for nothing that is not there, and never removes a namesake', async () => {
  const operator = await begin({ scopes: [childScope('v1', 'ConfigMap')] });
  await operator.cluster.apply(config);
  const writes = operator.writes();
  await operator.cluster.remove({ ...refOf(config), name: 'other' });
  expect(operator.writes()).toBe(writes);
  const stale = operator.cluster.read(refOf(config))!;
  await operator.cluster.remove(refOf(config));
  expect(operator.cluster.read(refOf(config))).toBeUndefined();
  await operator.cluster.apply(config);
  expect(operator.cluster.read(refOf(config))!.metadata.uid).not.toBe(stale.metadata.uid);
  const body = { preconditions: { uid: stale.metadata.uid } };
  await expect(admin.request('DELETE', pathOf(config), { body })).rejects.toBeInstanceOf(Conflict);
});

test('a kind that is not watched yet is watched before it is written; reading it is a mistake', async () => {
  const operator = await begin({ scopes: [] });
  expect(() => operator.cluster.read(refOf(config))).toThrow('not watched');
  expect(await operator.cluster.apply(config)).toEqual({ kind: 'unchanged' });
  expect(operator.cluster.read(refOf(config))).toBeDefined();
  const nameless = { ...config, metadata: { name: 'x', namespace } };
  await expect(operator.cluster.apply(nameless)).rejects.toThrow('lacks the label');
});

test('status is written under our name and read at once; an event reaches the object', async () => {
  const budget = sampleObjects(namespace).find(({ kind }) => kind === 'PodDisruptionBudget')!;
  const operator = await begin({ scopes: [childScope('policy/v1', 'PodDisruptionBudget')] });
  await operator.cluster.apply(budget);
  const conditions = [
    { type: 'Ready', status: 'True', reason: 'Test', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ];
  const counts = { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 };
  await operator.cluster.patchStatus(refOf(budget), { ...counts, conditions });
  expect(operator.cluster.read(refOf(budget))?.['status']).toMatchObject({ conditions, expectedPods: 1 });
  expect(await operator.cluster.apply(budget)).toEqual({ kind: 'unchanged' });
  await operator.cluster.patchMeta(refOf(budget), { metadata: { finalizers: ['ostack.io/test'] } });
  expect(operator.cluster.read(refOf(budget))?.metadata.finalizers).toEqual(['ostack.io/test']);
  const { uid } = operator.cluster.read(refOf(budget))!.metadata;
  await operator.cluster.event({ ...refOf(budget), uid }, { type: 'Warning', reason: 'Test', message: 'hello' });
  const events = (await admin.request('GET', `/api/v1/namespaces/${namespace}/events`)).body as { items: object[] };
  expect(events.items).toMatchObject([{ reason: 'Test', count: 1, involvedObject: { uid } }]);
});

function replica(identity: string) {
  const stop = new AbortController();
  const log = createLog('test', 'silent');
  const options = { namespace, name: 'operator', clock: systemClock, random: Math.random, log };
  const lease = new Lease({ rest: admin, identity, ...options });
  const running = lease.acquire(stop.signal).then(() => lease.keep(stop.signal));
  return { lease, stop, running };
}

test('a leader that dies is followed within 20 s, one that leaves long before its lease would end, and never two hold', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map(replica) as [ReturnType<typeof replica>, ...ReturnType<typeof replica>[]];
  const all = [a, b!, c!];
  let overlaps = 0;
  const watch = setInterval(() => {
    if (all.filter(({ lease }) => lease.holding()).length > 1) overlaps += 1;
  }, 5);
  const leader = () => all.find(({ lease }) => lease.holding());
  await until(() => leader() !== undefined, 'a first leader');
  const dead = leader()!;
  dead.stop.abort();
  const diedAt = systemClock.now();
  await until(() => leader() !== undefined && leader() !== dead, 'the second leader', 25_000);
  const followedMs = systemClock.now() - diedAt;
  const leaving = leader()!;
  leaving.stop.abort();
  await leaving.running;
  const leftAt = systemClock.now();
  await leaving.lease.release();
  await until(() => leader() !== undefined, 'the third leader');
  const takenMs = systemClock.now() - leftAt;
  clearInterval(watch);
  for (const { stop } of all) stop.abort();
  await Promise.all(all.map(({ running }) => running));
  console.log(`killed: followed after ${(followedMs / 1000).toFixed(1)} s; left: taken after ${takenMs.toFixed(0)} ms`);
  expect(followedMs).toBeLessThan(20_000);
  expect(takenMs).toBeLessThan(10_000);
  expect(overlaps).toBe(0);
}, 60_000);
