import { expect, test } from '@jest/globals';
import type { Live, Ref } from '../kube/index.ts';
import { childOf, create, edit, ready, rest, setStage, start, until, world } from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

const storageClass = (name: string, allowVolumeExpansion: boolean): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'ostack.test/none',
  allowVolumeExpansion,
});

const volume = (size: string, name: string) => ({ traces: { volume: { size, storageClass: name } } });
const claimOf = (ref: Ref): Ref => ({
  ...childOf(ref, 'v1', 'PersistentVolumeClaim', 'tempo-0'),
  name: 'data-demo-tempo-0',
});

/** What the provisioner of the volume says it has. */
async function provide(ref: Ref, storage: string): Promise<void> {
  const { namespace, name } = claimOf(ref);
  await world().person.request('PATCH', `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`, {
    contentType: 'application/merge-patch+json',
    body: { status: { capacity: { storage } } },
  });
}

/** No garbage collector runs here: the test lets the pods of a replaced StatefulSet go. */
async function letOrphansGo(ref: Ref): Promise<void> {
  const set = childOf(ref, 'apps/v1', 'StatefulSet', 'tempo');
  await eventually('the StatefulSet to be replaced', async () => {
    expect((await world().get(set))?.metadata.finalizers).toEqual(['orphan']);
  });
  await world().patch(set, { metadata: { finalizers: null } });
}

const requestOf = (claim: Live | undefined): unknown =>
  (claim?.['spec'] as { resources: { requests: { storage: string } } } | undefined)?.resources.requests.storage;

test('a volume that is to be larger grows, with those that exist, and is then left alone', async () => {
  await world().apply(storageClass('elastic', true));
  await start();
  const ref = await create(volume('1Gi', 'elastic'));
  await ready(ref);
  await provide(ref, '1Gi');
  await edit(ref, volume('2Gi', 'elastic'));
  await letOrphansGo(ref);
  await eventually('the claim to ask for more', async () => {
    expect(requestOf(await world().get(claimOf(ref)))).toBe('2Gi');
  });
  await eventually('the condition to tell', async () => {
    const live = await until(ref, 'StorageReady', 'True', 'Bound');
    expect(JSON.stringify(live['status'])).toContain('claim data-demo-tempo-0 grows to 2Gi');
  });
  await provide(ref, '2Gi');
  await eventually('the condition to be calm', async () => {
    const live = await ready(ref);
    expect(JSON.stringify(live['status'])).not.toContain('grows to');
  });
  await rest();
  await world().mark();
  await rest();
  expect(world().writes()).toEqual([]);
}, 90_000);

test('a storage class that does not let volumes grow is named, once', async () => {
  await world().apply(storageClass('rigid', false));
  await start();
  const ref = await create(volume('1Gi', 'rigid'));
  await ready(ref);
  await world().mark();
  await edit(ref, volume('2Gi', 'rigid'));
  await letOrphansGo(ref);
  const live = await until(ref, 'TracesReady', 'False', 'ApplyRefused');
  expect(JSON.stringify(live['status'])).toMatch(
    /PersistentVolumeClaim data-demo-tempo-0.*cannot grow to 2Gi.*allowVolumeExpansion: true on the StorageClass rigid/,
  );
  expect(requestOf(await world().get(claimOf(ref)))).toBe('1Gi');
  await rest();
  const tried = world()
    .writes()
    .filter(({ resource }) => resource === 'persistentvolumeclaims');
  expect(tried.length).toBeLessThanOrEqual(1);
}, 90_000);
