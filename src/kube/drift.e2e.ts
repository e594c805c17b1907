import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts';
import { systemClock } from '../lib/clock.ts';
import { Invalid, type KubeObject, lacks, type Live, refOf, type Rest, textOf, toRendering } from './index.ts';
import { createNamespace, namespace, pathOf, restOf, startProcess, until, untilSeen } from './process.fixture.ts';
import { sampleObjects } from './sample.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'ostack-drift-'));
let plane: ControlPlane;
let admin: Rest;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  admin = await restOf(plane);
  await createNamespace(admin);
}, 120_000);

afterAll(async () => {
  admin?.close();
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

test('any rendered field of any kind, edited or removed by somebody else, is seen and put back', async () => {
  const operator = await startProcess(plane);
  const tally = { edits: 0, idle: 0, refused: 0, leftovers: [] as string[], latencies: [] as number[] };
  for (const object of sampleObjects(namespace)) {
    await operator.cluster.apply(object);
    const path = pathOf(object);
    let original = (await admin.request('GET', path)).body as Live;
    for (const edit of editsOf(object, original)) {
      const what = `${textOf(refOf(object))} ${JSON.stringify(edit)}`;
      const edited = await editAsSomebody(path, edit);
      if (edited === undefined) {
        tally.refused += 1;
        continue;
      }
      const before = systemClock.now();
      await untilSeen(operator, edited);
      const repaired = await operator.cluster.apply(object);
      const tookMs = systemClock.now() - before;
      // Removing what the server fills in again, or writing "1" for "1000m", is no edit.
      if (contentOf(edited) === contentOf(original)) {
        expect([what, repaired.kind]).toEqual([what, 'unchanged']);
        tally.idle += 1;
        continue;
      }
      expect([what, repaired.kind]).toEqual([what, 'applied']);
      const now = (await admin.request('GET', path)).body as Live;
      expect([what, lacks(now, toRendering(object))]).toEqual([what, []]);
      tally.edits += 1;
      tally.latencies.push(tookMs);
      if (contentOf(now) === contentOf(original)) continue;
      tally.leftovers.push(what);
      await operator.cluster.remove(refOf(object));
      await until(() => operator.cluster.read(refOf(object)) === undefined, `removal of ${what}`);
      original = ((await operator.cluster.apply(object)) as { live: Live }).live;
    }
  }
  const p50 = tally.latencies.sort((a, b) => a - b)[Math.floor(tally.latencies.length / 2)]!;
  console.log(
    `${tally.edits} edits put back, ${tally.idle} changed nothing, ${tally.refused} refused by the server; edit to repaired p50 ${p50.toFixed(1)} ms`,
  );
  expect(tally.edits).toBeGreaterThan(600);
  // An item that is nothing but its key cannot be told from one that somebody added.
  expect(tally.leftovers.filter((what) => !what.includes('/imagePullSecrets/'))).toEqual([]);
  await operator.stop();
}, 300_000);

async function editAsSomebody(path: string, edit: Edit): Promise<Live | undefined> {
  try {
    const query = { fieldManager: 'kubectl-edit' };
    const contentType = 'application/json-patch+json';
    return (await admin.request('PATCH', path, { query, contentType, body: [edit] })).body as Live;
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return undefined;
  }
}

/** What an object says, without what every write changes. Lists with keys have no order worth comparing. */
function contentOf(live: Live): string {
  const { metadata, status: _status, ...fields } = live;
  const { 'deprecated.daemonset.template.generation': _counter, ...annotations } = metadata.annotations ?? {};
  const { apiVersion: _apiVersion, kind: _kind, ...content } = fields;
  return JSON.stringify(sorted({ ...content, labels: metadata.labels, annotations }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

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
  if (/^\d+(\.\d+)?([KMG]i)?$/.test(String(value))) return `1${String(value)}`;
  if (/^[A-Za-z0-9+/]+=*$/.test(String(value)) && String(value).length % 4 === 0) return 'bm90IG91cnM=';
  return `${String(value)}x`;
}
