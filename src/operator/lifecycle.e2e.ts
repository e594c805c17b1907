import { describe, expect, test } from '@jest/globals';
import { plainHttp } from './canary/http.ts';
import {
  claims,
  childOf,
  conditionOf,
  create,
  edit,
  ready,
  rest,
  setStage,
  start,
  statusOf,
  stop,
  told,
  until,
  world,
} from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

describe('a stack that is created', () => {
  test('costs its children, one finalizer and at most three status writes, and then nothing', async () => {
    await start();
    await world().mark();
    const ref = await create();
    const live = await ready(ref);
    const children = statusOf(live).inventory ?? [];
    expect(children.length).toBeGreaterThan(20);
    const writes = world()
      .writes()
      .filter((w) => w.resource !== 'events');
    const status = writes.filter((w) => w.resource === 'observabilitystacks/status');
    const finalizers = writes.filter((w) => w.resource === 'observabilitystacks');
    expect(status.length).toBeLessThanOrEqual(3);
    expect(finalizers).toHaveLength(1);
    expect(writes.length - status.length - 1).toBe(children.length);
    await told(ref, 'Ready');
    await world().mark();
    await rest();
    expect(world().writes()).toEqual([]);
    expect(world().reads()).toEqual([]);
    expect(world().backends.taken.traces).toBeGreaterThan(1);
    await stop();
    const again = await start();
    await eventually('the lease', () => expect(again.leading()).toBe(true));
    await rest();
    expect(world().writes()).toEqual([]);
    const { body } = await plainHttp(`http://127.0.0.1:${again.port}/metrics`);
    expect(body.split('\n').filter((line) => line.startsWith('ostack_stack_condition{'))).toHaveLength(
      statusOf(live).conditions!.length,
    );
  }, 90_000);
});

describe('a change of the spec', () => {
  test('writes the objects it changes and at most two status writes', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    await world().mark();
    await edit(ref, { sampling: { baselinePercent: 20 } });
    await eventually('the new percentage in the status', async () => {
      expect(statusOf(await world().get(ref)).sampling?.baselinePercent).toBe(20);
    });
    await rest();
    const names = world()
      .writes()
      .map((w) => `${w.verb} ${w.resource} ${w.name}`);
    expect(names.filter((n) => !n.includes('observabilitystacks/status')).toSorted()).toEqual([
      'patch configmaps demo-agent',
      'patch configmaps demo-sampling',
      'patch pods demo-agent-0',
      'patch pods demo-alloy-sampler-0',
    ]);
    expect(names.filter((n) => n.includes('observabilitystacks/status')).length).toBeLessThanOrEqual(2);
  }, 60_000);

  test('keeps what runs when it is wrong, says so with path, reason and fix, and recovers', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    await world().mark();
    await edit(ref, { overrides: [{ kind: 'ConfigMap', name: 'nobody', patch: { data: {} } }] });
    const live = await until(ref, 'Accepted', 'False', 'InvalidSpec');
    expect(conditionOf(live, 'Accepted')?.message).toMatch(/^spec\.overrides\[0\]: .*nobody.*ostack render/);
    expect(conditionOf(live, 'Stalled')?.status).toBe('True');
    expect(conditionOf(live, 'Ready')?.reason).toBe('InvalidSpec');
    expect(conditionOf(live, 'TracesReady')?.status).toBe('True');
    expect(statusOf(live).endpoints?.tempo).toBeDefined();
    await told(ref, 'InvalidSpec');
    await rest();
    expect(
      world()
        .writes()
        .map((w) => w.resource)
        .filter((r) => r !== 'events'),
    ).toEqual(['observabilitystacks/status']);
    await edit(ref, { overrides: null });
    const well = await ready(ref);
    expect(conditionOf(well, 'Stalled')).toBeUndefined();
  }, 60_000);
});

describe('a component that is turned off', () => {
  test('takes its children with it and leaves its volume under RetainData', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await edit(ref, { logs: { backend: 'None' } });
    const live = await until(ref, 'LogsReady', 'False', 'Disabled');
    await ready(ref);
    expect(statusOf(live).inventory?.filter((e) => e.name === 'demo-loki')).toEqual([]);
    const left = await Promise.all(
      [
        ['v1', 'ConfigMap'],
        ['v1', 'Service'],
        ['v1', 'ServiceAccount'],
        ['apps/v1', 'StatefulSet'],
      ].map(([apiVersion, kind]) => world().get(childOf(ref, apiVersion!, kind!, 'loki'))),
    );
    expect(left).toEqual([undefined, undefined, undefined, undefined]);
    expect(await claims(ref)).toContain('data-demo-loki-0');
    expect(statusOf(live).pipelines).toContainEqual({ signal: 'logs', state: 'Disabled', hop: '' });
  }, 60_000);

  test('takes its volume with it under Delete', async () => {
    await start();
    const ref = await create({ deletionPolicy: 'Delete' });
    await ready(ref);
    await edit(ref, { logs: { backend: 'None' } });
    await eventually('the volume of Loki to go', async () =>
      expect(await claims(ref)).not.toContain('data-demo-loki-0'),
    );
    expect(await claims(ref)).toContain('data-demo-tempo-0');
  }, 60_000);

  test('leaves alone what has lost our labels', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    await stop();
    const config = childOf(ref, 'v1', 'ConfigMap', 'loki');
    await world().patch(config, { metadata: { labels: { 'ostack.io/stack': null } } });
    await edit(ref, { logs: { backend: 'None' } });
    await start();
    await until(ref, 'LogsReady', 'False', 'Disabled');
    await rest();
    expect(await world().get(config)).toBeDefined();
  }, 60_000);
});
