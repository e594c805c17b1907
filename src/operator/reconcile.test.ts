import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Condition, StackStatus } from '../api/index.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import type { Http } from './canary/http.ts';
import { Canaries } from './canary/canaries.ts';
import { FactFinder } from './facts.ts';
import { PlanCache } from './plan-cache.ts';
import { Reconciler } from './reconcile.ts';
import { stackRef } from './stack-key.ts';
import { MemoryCluster } from './testing/memory-cluster.fixture.ts';

const key = 'shop/demo';
let cluster: MemoryCluster;
let told: string[];
let processes: Canaries[];

beforeEach(() => {
  cluster = new MemoryCluster();
  told = [];
  processes = [];
});
afterEach(() => Promise.all(processes.map((canaries) => canaries.stop())));

const nobody: Http = async () => {
  throw new Error('connection refused');
};

/** A new process of the operator that knows what the cluster knows. */
function operator(http: Http = nobody, plans: Pick<PlanCache, 'planOf' | 'forget'> = new PlanCache()): Reconciler {
  const canaries = new Canaries({
    http,
    clock: systemClock,
    random: () => 0,
    log: createLog('canaries', 'silent'),
    onChange: () => undefined,
    onTrip: () => undefined,
    periods: { healthy: 30, broken: 10, slack: 30, pause: 1 },
  });
  processes.push(canaries);
  return new Reconciler({
    cluster,
    facts: new FactFinder({
      cluster: {
        read: (ref) => cluster.read(ref),
        contentHash: async () => undefined,
        select: () => [],
        watch() {},
        waitSynced,
      },
      operatorImage: 'ostack:1',
      operatorNamespace: 'ostack-system',
    }),
    plans,
    canaries,
    agents: { expect: async () => [], forget: () => undefined },
    clock: systemClock,
    onStatus: (of, status) => told.push(`${of} ${status.conditions?.length}`),
    onGone: () => undefined,
  });
}

const waitSynced = async (): Promise<boolean> => true;

function edit(spec: object, generation: number): void {
  const { apiVersion, kind, name, namespace = '' } = stackRef(key);
  const { status } = (cluster.read(stackRef(key)) ?? {}) as { status?: object };
  cluster.put({ apiVersion, kind, metadata: { name, namespace, generation }, spec, ...(status && { status }) });
}

const status = (): StackStatus => (cluster.read(stackRef(key))?.['status'] ?? {}) as StackStatus;
const condition = (type: string): Condition | undefined => status().conditions?.find((c) => c.type === type);

/** Passes until there is nothing left to do, as the queue would have it. */
async function settle(reconciler: Reconciler): Promise<void> {
  for (;;) {
    const outcome = await reconciler.reconcile(key);
    if (outcome.kind === 'done') return;
    await systemClock.sleep(outcome.afterMs);
  }
}

test('a process that finds every status as it should be still tells it once, for its metrics', async () => {
  edit({}, 1);
  await settle(operator());
  const before = cluster.writes.length;
  told.length = 0;
  const restarted = operator();
  await settle(restarted);
  await settle(restarted);
  expect(cluster.writes.slice(before).filter((write) => write.includes('ObservabilityStack'))).toEqual([]);
  expect(new Set(told)).toEqual(new Set([`${key} ${status().conditions?.length}`]));
});

/** What an operator saw last when everything was well. */
async function leftHealthy(): Promise<void> {
  edit({}, 1);
  await settle(operator());
  await Promise.all(processes.map((canaries) => canaries.stop()));
  const signals = ['traces', 'metrics', 'logs'] as const;
  const pipelines = signals.map((signal) => ({ signal, state: 'Healthy', hop: '' }));
  await cluster.patchStatus(stackRef(key), { ...status(), pipelines });
}

const entrance = expect.stringMatching(/^http:\/\/demo-alloy-node[a-z-]*\.shop\.svc:4319$/);

test.each([
  ['wrong', { overrides: [{ kind: 'ConfigMap', name: 'nobody', patch: { data: {} } }] }],
  ['wrong by its structure', { sampling: { baselinePercent: 1000 } }],
  ['Paused', { managementState: 'Paused' }],
])('a restart under a spec that is %s goes on proving the pipelines that run', async (_name, spec) => {
  await leftHealthy();
  edit(spec, 2);
  const asked: string[] = [];
  const restarted = operator(async (url) => {
    asked.push(url);
    throw new Error('connection refused');
  });
  for (let n = 0; n < 200 && condition('PipelineHealthy')?.status !== 'False'; n += 1) {
    await settle(restarted);
    await systemClock.sleep(10);
  }
  expect(asked.map((url) => new URL(url).origin)).toContainEqual(entrance);
  expect(condition('PipelineHealthy')).toMatchObject({ status: 'False', reason: 'SignalLost' });
  expect(condition('PipelineHealthy')?.message).toContain('operator → alloy-node');
});

test('a restart that finds no way in any more says so instead of what was true before', async () => {
  await leftHealthy();
  for (const { metadata } of cluster.select('v1', 'Service', {}, 'shop'))
    await cluster.remove({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: metadata.name });
  edit({ managementState: 'Paused' }, 2);
  const restarted = operator();
  for (let n = 0; n < 200 && condition('PipelineHealthy')?.status !== 'False'; n += 1) {
    await settle(restarted);
    await systemClock.sleep(10);
  }
  expect(condition('PipelineHealthy')).toMatchObject({ status: 'False', reason: 'SignalLost' });
});

test('a spec that was wrong from the start has nothing to prove', async () => {
  edit({ sampling: { baselinePercent: 1000 } }, 1);
  const asked: string[] = [];
  await settle(
    operator(async (url) => {
      asked.push(url);
      throw new Error('connection refused');
    }),
  );
  await systemClock.sleep(100);
  expect(asked).toEqual([]);
  expect(condition('PipelineHealthy')?.reason).toBe('Disabled');
});

test('a spec nobody can make a plan of is told after a while, for its own generation, and what runs keeps running', async () => {
  await leftHealthy();
  edit({ sampling: { baselinePercent: 20 } }, 2);
  const before = cluster.writes.length;
  let fault: Error | undefined = new TypeError('spec is null');
  const plans = new PlanCache();
  const planOf: PlanCache['planOf'] = (stack, facts) => {
    if (fault) throw fault;
    return plans.planOf(stack, facts);
  };
  const restarted = operator(nobody, { planOf, forget: (uid) => plans.forget(uid) });
  const pass = (): Promise<unknown> => restarted.reconcile(key).then(() => 'passed', String);
  for (let n = 0; n < 5; n += 1) expect(await pass()).toBe('TypeError: spec is null');
  expect(status().observedGeneration).toBe(1);
  for (let n = 0; n < 20 && status().observedGeneration === 1; n += 1)
    expect(await pass()).toBe('TypeError: spec is null');
  expect(status().observedGeneration).toBe(2);
  expect(condition('Accepted')).toMatchObject({ status: 'False', reason: 'PlanFailed' });
  expect(condition('Accepted')?.message).toContain('spec is null');
  expect(condition('Ready')?.status).toBe('False');
  expect(new Set(cluster.writes.slice(before))).toEqual(new Set(['patch ObservabilityStack demo']));
  fault = undefined;
  await settle(restarted);
  expect(condition('Accepted')).toMatchObject({ status: 'True', reason: 'Valid' });
});
