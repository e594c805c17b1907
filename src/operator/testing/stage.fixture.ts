import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Condition, StackStatus } from '../../api/index.ts';
import type { Live, Ref } from '../../kube/index.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Operator, OperatorOptions } from '../start.ts';
import { eventually, startWorld, type World } from './world.fixture.ts';

let current: World | undefined;
let operator: Operator | undefined;
let count = 0;

/** Gives the tests of a file a world for all of them; operators end with the test that started them. */
export function setStage(): void {
  beforeAll(async () => {
    current = await startWorld();
  }, 120_000);
  afterEach(stop, 20_000);
  afterAll(async () => {
    await current?.stop();
    current = undefined;
  }, 60_000);
}

export function world(): World {
  if (current === undefined) throw new Error('no world: call setStage at the top of the file');
  return current;
}

/** Starts the operator of this test. */
export async function start(options: Partial<OperatorOptions> = {}): Promise<Operator> {
  operator = await world().operator(options);
  return operator;
}

export async function stop(): Promise<void> {
  await operator?.stop();
  operator = undefined;
}

/** A stack in a namespace, one of its own unless told. */
export async function create(spec: object = {}, namespace = `stack-${(count += 1)}`): Promise<Ref> {
  await world().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const [apiVersion, kind, name] = ['ostack.io/v1alpha1', 'ObservabilityStack', 'demo'];
  await world().apply({ apiVersion, kind, metadata: { name, namespace }, spec });
  return { apiVersion, kind, namespace, name };
}

export async function edit(ref: Ref, spec: object): Promise<void> {
  await world().patch(ref, { spec });
}

export const statusOf = (live: Live | undefined): StackStatus => (live?.['status'] ?? {}) as StackStatus;

export const conditionOf = (live: Live | undefined, type: string): Condition | undefined =>
  statusOf(live).conditions?.find((c) => c.type === type);

/** Waits until a condition says this about the newest spec. */
export async function until(ref: Ref, type: string, status: string, reason?: string): Promise<Live> {
  return eventually(`${type} ${status} ${reason ?? ''}`, async () => {
    const live = await world().get(ref);
    const found = conditionOf(live, type);
    expect(statusOf(live).observedGeneration).toBe(live?.metadata.generation);
    expect(`${found?.status} ${reason === undefined ? '' : found?.reason}`).toBe(`${status} ${reason ?? ''}`);
    return live!;
  });
}

export const ready = (ref: Ref): Promise<Live> => until(ref, 'Ready', 'True');

/** Waits for an event about the stack; returns its message. */
export async function told(ref: Ref, reason: string): Promise<string> {
  return eventually(`the event ${reason}`, async () => {
    const events = await world().list('v1', 'Event', ref.namespace);
    const found = events.find((e) => e['reason'] === reason);
    expect(found).toBeDefined();
    return String(found?.['message']);
  });
}

export const childOf = (ref: Ref, apiVersion: string, kind: string, component: string): Ref => {
  return { apiVersion, kind, namespace: ref.namespace!, name: `${ref.name}-${component}` };
};

/** The cluster-scoped right of alloy-node, which only a finalizer cleans up. */
export const clusterScoped = (ref: Ref): Ref => {
  const name = `ostack-${ref.namespace}-demo-alloy-node`;
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name };
};

/** Names of volume claims that are not being deleted: the finalizer of their protection has no controller here. */
export async function claims(ref: Ref): Promise<string[]> {
  const all = await world().list('v1', 'PersistentVolumeClaim', ref.namespace);
  return all.filter((c) => c.metadata.deletionTimestamp === undefined).map((c) => c.metadata.name);
}

/** Long enough for two canaries and anything that would follow a late event. */
export const rest = (): Promise<void> => systemClock.sleep(5000);
