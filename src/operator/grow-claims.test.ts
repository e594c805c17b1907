import { expect, test } from '@jest/globals';
import type { Live, Ref } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import type { Plan } from '../stack/index.ts';
import { growClaims } from './grow-claims.ts';
import { RefusedObjects } from './refused.ts';

const owner = { name: 'demo', namespace: 'shop', uid: '1' };
const request = (storage: string): object => ({ resources: { requests: { storage } } });

/** A plan whose Tempo asks for 2Gi. */
const plan: Plan = {
  components: [
    {
      name: 'tempo',
      image: 'tempo:1',
      workloads: [],
      objects: [
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'demo-tempo', namespace: 'shop' },
          spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: request('2Gi') }] },
        },
      ],
    },
  ],
  endpoints: {} as Plan['endpoints'],
  disabled: [],
  problems: [],
};

interface Differences {
  readonly name?: string;
  readonly size?: string;
  readonly phase?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const tempoLabels = { 'app.kubernetes.io/instance': 'demo', 'app.kubernetes.io/name': 'tempo' };

function claim({ name = 'data-demo-tempo-0', size = '1Gi', phase = 'Bound', labels, ...metadata }: Differences): Live {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1', labels: labels ?? tempoLabels, ...metadata },
    spec: request(size),
    status: { phase },
  } as Live;
}

async function patchedOf(...claims: readonly Live[]): Promise<string[]> {
  const patched: string[] = [];
  const cluster = {
    select: () => claims,
    patchMeta: async ({ name }: Ref, patch: object) => void patched.push(`${name} ${JSON.stringify(patch)}`),
  };
  const refused = new RefusedObjects(systemClock);
  const result = await growClaims(cluster as unknown as Parameters<typeof growClaims>[0], plan, owner, refused);
  expect(result).toEqual({ refusals: [], failures: [] });
  return patched;
}

test('a bound claim that asks for less asks for as much as its template, each replica for itself', async () => {
  const grown = await patchedOf(claim({}), claim({ name: 'data-demo-tempo-1' }));
  const patch = JSON.stringify({ spec: request('2Gi') });
  expect(grown).toEqual([`data-demo-tempo-0 ${patch}`, `data-demo-tempo-1 ${patch}`]);
});

test.each<[string, Differences]>([
  ['is not bound yet, which the API server would refuse', { phase: 'Pending' }],
  ['has lost its volume', { phase: 'Lost' }],
  ['asks for as much', { size: '2048Mi' }],
  ['asks for more', { size: '3Gi' }],
  ['is being deleted', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ['belongs to another component', { name: 'data-demo-loki-0' }],
  ['is somebody else’s, with a name like ours', { labels: { 'app.kubernetes.io/instance': 'other' } }],
])('a claim that %s is left alone', async (_, differences) => {
  expect(await patchedOf(claim(differences))).toEqual([]);
});
