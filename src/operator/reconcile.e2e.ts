import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { StackStatus } from '../api/index.ts';
import type { Live, Ref } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import type { Operator } from './start.ts';
import { eventually, startWorld, type World } from './testing/world.fixture.ts';

let world: World;
let operator: Operator | undefined;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
}, 120_000);

afterEach(async () => {
  await operator?.stop();
  operator = undefined;
}, 20_000);

afterAll(async () => {
  await world?.stop();
}, 60_000);

const refOfStack = (namespace: string, name = 'demo'): Ref => {
  return { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', namespace, name };
};

/** A namespace of its own with a stack in it. */
async function create(spec: object = {}): Promise<Ref> {
  count += 1;
  const namespace = `stack-${count}`;
  await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const ref = refOfStack(namespace);
  await world.apply({ apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, namespace }, spec });
  return ref;
}

const statusOf = (live: Live | undefined) => (live?.['status'] ?? {}) as StackStatus;
const conditionOf = (live: Live | undefined, type: string) => statusOf(live).conditions?.find((c) => c.type === type);

async function until(ref: Ref, type: string, status: string, reason?: string): Promise<Live> {
  return eventually(`${type} ${status} ${reason ?? ''}`, async () => {
    const live = await world.get(ref);
    const found = conditionOf(live, type);
    expect(statusOf(live).observedGeneration).toBe(live?.metadata.generation);
    expect(`${found?.status} ${reason === undefined ? '' : found?.reason}`).toBe(`${status} ${reason ?? ''}`);
    return live!;
  });
}

async function ready(ref: Ref): Promise<Live> {
  return until(ref, 'Ready', 'True');
}

/** Long enough for two canaries and anything that would follow a late event. */
const rest = () => systemClock.sleep(5000);

describe('a stack that is created', () => {
  test('costs its children, one finalizer and at most three status writes, and then nothing', async () => {
    operator = await world.operator();
    world.mark();
    const ref = await create();
    const live = await ready(ref);
    const children = statusOf(live).inventory ?? [];
    expect(children.length).toBeGreaterThan(20);
    const writes = world.writes().filter((w) => w.resource !== 'events');
    const status = writes.filter((w) => w.resource === 'observabilitystacks/status');
    const finalizers = writes.filter((w) => w.resource === 'observabilitystacks');
    expect(status.length).toBeLessThanOrEqual(3);
    expect(finalizers).toHaveLength(1);
    expect(writes.length - status.length - 1).toBe(children.length);
    world.mark();
    await rest();
    expect(world.writes()).toEqual([]);
    expect(world.reads()).toEqual([]);
    await operator.stop();
    operator = await world.operator();
    await eventually('the lease', () => expect(operator?.leading()).toBe(true));
    await rest();
    expect(world.writes()).toEqual([]);
  }, 90_000);
});
