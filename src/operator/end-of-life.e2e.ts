import { describe, expect, test } from '@jest/globals';
import {
  claims,
  childOf,
  clusterScoped,
  conditionOf,
  create,
  edit,
  ready,
  rest,
  setStage,
  start,
  statusOf,
  told,
  until,
  world,
} from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

describe('a stack that is deleted', () => {
  test.each(['RetainData', 'Delete'] as const)(
    'under %s cleans up what the garbage collector cannot',
    async (policy) => {
      await start();
      const ref = await create({ deletionPolicy: policy });
      const live = await ready(ref);
      const children = await world().list('v1', 'ConfigMap', ref.namespace, 'ostack.io/stack=demo');
      for (const child of children) expect(child.metadata.ownerReferences?.[0]?.uid).toBe(live.metadata.uid);
      expect(await world().get(clusterScoped(ref))).toBeDefined();
      await world().remove(ref);
      await eventually('the stack to go', async () => expect(await world().get(ref)).toBeUndefined());
      expect(await world().get(clusterScoped(ref))).toBeUndefined();
      expect(await claims(ref)).toHaveLength(policy === 'Delete' ? 0 : 3);
    },
    60_000,
  );

  test('goes even if it is Paused', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await edit(ref, { managementState: 'Paused' });
    await until(ref, 'Ready', 'Unknown', 'Paused');
    await world().remove(ref);
    await eventually('the stack to go', async () => expect(await world().get(ref)).toBeUndefined());
    expect(await world().get(clusterScoped(ref))).toBeUndefined();
  }, 60_000);
});

describe('an object of somebody else under a name of ours', () => {
  test('is neither taken over nor deleted with the stack, which names it', async () => {
    await start();
    const namespace = 'taken';
    await world().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const name = 'demo-tempo';
    const service = { apiVersion: 'v1', kind: 'Service', namespace, name };
    const spec = { selector: { app: 'theirs' }, ports: [{ name: 'web', port: 3200 }] };
    const theirs = await world().apply({ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec });
    const ref = await create({}, namespace);
    const live = await until(ref, 'TracesReady', 'False', 'NameTaken');
    expect(conditionOf(live, 'Stalled')?.message).toMatch(/Service demo-tempo.*somebody else.*[Rr]ename/);
    expect(await world().get(service)).toEqual(theirs);
    await rest();
    await world().mark();
    await rest();
    expect(world().writes()).toEqual([]);
    await world().remove(ref);
    await eventually('the stack to go', async () => expect(await world().get(ref)).toBeUndefined());
    expect(await world().get(service)).toEqual(theirs);
  }, 60_000);
});

describe('a stack held back', () => {
  test('is not written while Paused, however it drifts, and is repaired afterwards', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    await edit(ref, { managementState: 'Paused', sampling: { baselinePercent: 50 } });
    await until(ref, 'Ready', 'Unknown', 'Paused');
    await world().mark();
    const service = childOf(ref, 'v1', 'Service', 'tempo');
    await world().remove(service);
    await rest();
    expect(world().writes()).toEqual([]);
    expect(await world().get(service)).toBeUndefined();
    await edit(ref, { managementState: 'Managed' });
    await ready(ref);
    expect(await world().get(service)).toBeDefined();
    expect(statusOf(await world().get(ref)).sampling?.baselinePercent).toBe(50);
  }, 60_000);

  test('is let go of when Unmanaged: its children outlive it', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await edit(ref, { managementState: 'Unmanaged' });
    const live = await until(ref, 'Ready', 'Unknown', 'Unmanaged');
    expect(live.metadata.finalizers ?? []).toEqual([]);
    const config = childOf(ref, 'v1', 'ConfigMap', 'tempo');
    expect((await world().get(config))?.metadata.ownerReferences ?? []).toEqual([]);
    await rest();
    await world().mark();
    await rest();
    expect(world().writes()).toEqual([]);
    await edit(ref, { managementState: 'Managed' });
    await ready(ref);
    expect((await world().get(config))?.metadata.ownerReferences?.[0]?.uid).toBe(live.metadata.uid);
  }, 60_000);
});

describe('the resource definition', () => {
  test('can go first: no stack is stuck on its finalizer, and the operator survives until it is back', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'observabilitystacks.ostack.io',
    };
    await world().remove(definition);
    await eventually('the definition to go', async () => expect(await world().get(definition)).toBeUndefined(), 30_000);
    expect(await world().get(clusterScoped(ref))).toBeUndefined();
    await world().define();
    await ready(await create());
  }, 120_000);
});
