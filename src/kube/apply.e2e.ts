import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import {
  childScope,
  connect,
  type Contest,
  Invalid,
  isNewer,
  type KubeObject,
  lacks,
  type Live,
  refOf,
  Rest,
  type Scope,
  textOf,
  toRendering,
  WatchedCluster,
} from './index.ts';
import { sampleObjects } from './sample.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'ostack-kube-'));
const namespace = 'observability';
let plane: ControlPlane;
let admin: Rest;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  admin = await restOf();
  await admin.request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  });
}, 120_000);

afterAll(async () => {
  admin?.close();
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

async function restOf(): Promise<Rest> {
  return new Rest(await connect({ kubeconfig: plane.kubeconfig }), {
    clock: systemClock,
    perSecond: 5000,
    burst: 5000,
  });
}

interface Process {
  readonly cluster: WatchedCluster;
  readonly rest: Rest;
  readonly contests: Contest[];
  writes(): number;
  stop(): Promise<void>;
}

/** An operator process as far as this room goes: it watches, and starts with an empty memory. */
async function startProcess(onChange: (live: Live) => void = () => {}): Promise<Process> {
  const stop = new AbortController();
  const rest = await restOf();
  const contests: Contest[] = [];
  const kinds = new Map(
    sampleObjects(namespace).map((object) => [object.kind, childScope(object.apiVersion, object.kind)]),
  );
  const cluster = new WatchedCluster({
    rest,
    clock: systemClock,
    random: Math.random,
    log: createLog('test', 'silent'),
    identity: 'test',
    holding: () => true,
    scopes: [...kinds.values()] as Scope[],
    onChange: (change) => onChange(change.live),
    onContest: (contest) => contests.push(contest),
    signal: stop.signal,
  });
  expect(await cluster.waitSynced(20_000)).toBe(true);
  const { counts } = rest;
  return {
    cluster,
    rest,
    contests,
    writes: () => counts.patch + counts.create + counts.update + counts.delete,
    async stop() {
      stop.abort();
      await cluster.ended();
      rest.close();
    },
  };
}

const samples = sampleObjects(namespace);
const rows = samples.map((object): [string, KubeObject] => [`${object.kind} ${object.metadata.name}`, object]);

describe.each(rows)('%s', (_name, object) => {
  test('is created once, and applying it again asks the server nothing', async () => {
    const operator = await startProcess();
    const first = await operator.cluster.apply(object);
    expect(first).toMatchObject({ kind: 'applied', created: true });
    expect(lacks((first as { live: Live }).live, toRendering(object))).toEqual([]);
    const requests = { ...operator.rest.counts };
    expect(await operator.cluster.apply(object)).toEqual({ kind: 'unchanged' });
    expect(operator.rest.counts).toEqual(requests);
    await operator.stop();
  });

  test('is left alone by a process that starts with an empty memory', async () => {
    const operator = await startProcess();
    expect(operator.cluster.read(refOf(object))).toBeDefined();
    expect(await operator.cluster.apply(object)).toEqual({ kind: 'unchanged' });
    expect(operator.writes()).toBe(0);
    await operator.stop();
  });
});

describe('every rendered field of every kind', () => {
  test('edited or removed by somebody else is seen and put back', async () => {
    const operator = await startProcess();
    const tally = { edits: 0, refused: 0, latencies: [] as number[] };
    for (const object of samples) {
      for (const edit of editsOf(object, operator.cluster.read(refOf(object))!)) {
        const path = pathOf(object);
        const query = { fieldManager: 'kubectl-edit' };
        const answer = await admin
          .request('PATCH', path, { query, contentType: 'application/json-patch+json', body: [edit] })
          .catch((error: unknown) => {
            if (!(error instanceof Invalid)) throw error;
            return undefined;
          });
        if (answer === undefined) {
          tally.refused += 1;
          continue;
        }
        const edited = answer.body as Live;
        const what = `${textOf(refOf(object))} ${JSON.stringify(edit)}`;
        const before = systemClock.now();
        await until(() => {
          const seen = operator.cluster.read(refOf(object));
          return seen === undefined || !isNewer(edited.metadata.resourceVersion, seen.metadata.resourceVersion);
        }, what);
        const repaired = await operator.cluster.apply(object);
        tally.latencies.push(systemClock.now() - before);
        // An edit the server itself undid (it stores "1" for "1000m") changed nothing.
        if (lacks(edited, toRendering(object)).length === 0)
          expect([what, repaired]).toEqual([what, { kind: 'unchanged' }]);
        else expect([what, repaired.kind]).toEqual([what, 'applied']);
        const now = (await admin.request('GET', path)).body as Live;
        expect([what, lacks(now, toRendering(object))]).toEqual([what, []]);
        tally.edits += 1;
      }
    }
    const p50 = tally.latencies.sort((a, b) => a - b)[Math.floor(tally.latencies.length / 2)]!;
    console.log(
      `${tally.edits} edits put back, ${tally.refused} refused by the server; edit to repaired p50 ${p50.toFixed(1)} ms`,
    );
    expect(tally.edits).toBeGreaterThan(300);
    await operator.stop();
  }, 300_000);
});

interface Edit {
  readonly op: 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** A changed value for, and the removal of, each value of a rendered object (its identity and our annotation apart). */
function editsOf(object: KubeObject, live: Live): Edit[] {
  const edits: Edit[] = [];
  const walk = (wanted: unknown, there: unknown, path: string) => {
    if (there === undefined) return;
    if (path !== '') edits.push({ op: 'remove', path });
    if (typeof wanted === 'object' && wanted !== null)
      for (const [name, value] of Object.entries(wanted))
        walk(
          value,
          (there as Record<string, unknown>)[name],
          `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        );
    else edits.push({ op: 'replace', path, value: otherThan(there) });
  };
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...fields } = toRendering(object);
  walk({ ...fields, metadata: { labels: metadata.labels } }, live, '');
  return edits.filter(({ path }) => path !== '/metadata' && path !== '/metadata/labels');
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (/^[A-Za-z0-9+/]+=*$/.test(String(value)) && String(value).length % 4 === 0) return 'bm90IG91cnM=';
  return `${String(value)}x`;
}

function pathOf(object: KubeObject): string {
  const plural = `${object.kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
  const inside = object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
  return `${root}${inside}/${plural}/${object.metadata.name}`;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!condition()) {
    if (systemClock.now() > deadline) throw new Error(`not seen: ${what}`);
    await systemClock.sleep(1);
  }
}
