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

/** Waits for an event about the stack. */
async function told(ref: Ref, reason: string): Promise<string> {
  return eventually(`the event ${reason}`, async () => {
    const events = await world.list('v1', 'Event', ref.namespace);
    const found = events.find((e) => e['reason'] === reason);
    expect(found).toBeDefined();
    return String(found?.['message']);
  });
}

const childOf = (ref: Ref, apiVersion: string, kind: string, component: string): Ref => {
  return { apiVersion, kind, namespace: ref.namespace!, name: `${ref.name}-${component}` };
};

async function edit(ref: Ref, spec: object): Promise<void> {
  await world.patch(ref, { spec });
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
    await told(ref, 'Ready');
    world.mark();
    await rest();
    expect(world.writes()).toEqual([]);
    expect(world.reads()).toEqual([]);
    expect(world.backends.taken.traces).toBeGreaterThan(1);
    await operator.stop();
    operator = await world.operator();
    await eventually('the lease', () => expect(operator?.leading()).toBe(true));
    await rest();
    expect(world.writes()).toEqual([]);
  }, 90_000);
});

describe('a change of the spec', () => {
  test('writes the objects it changes and at most two status writes', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    world.mark();
    await edit(ref, { sampling: { baselinePercent: 20 } });
    await eventually('the new percentage in the status', async () => {
      expect(statusOf(await world.get(ref)).sampling?.baselinePercent).toBe(20);
    });
    await rest();
    const names = world.writes().map((w) => `${w.verb} ${w.resource} ${w.name}`);
    expect(names.filter((n) => !n.includes('observabilitystacks/status')).toSorted()).toEqual([
      'patch configmaps demo-sampling',
      'patch pods demo-alloy-sampler-0',
    ]);
    expect(names.length).toBeLessThanOrEqual(4);
  }, 60_000);

  test('keeps what runs when it is wrong, says so with path, reason and fix, and recovers', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    world.mark();
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
      world
        .writes()
        .map((w) => w.resource)
        .filter((r) => r !== 'events'),
    ).toEqual(['observabilitystacks/status']);
    await edit(ref, { overrides: null });
    const well = await ready(ref);
    expect(conditionOf(well, 'Stalled')).toBeUndefined();
  }, 60_000);
});

describe('drift', () => {
  test('of every child of every kind is repaired: deleted or edited', async () => {
    operator = await world.operator();
    const ref = await create({
      grafana: { auth: 'Password' },
      security: { networkPolicies: true },
      collection: { sampler: { replicas: 2 } },
    });
    const inventory = statusOf(await ready(ref)).inventory ?? [];
    expect(new Set(inventory.map((e) => e.kind)).size).toBe(11);
    const took: number[] = [];
    for (const entry of inventory) {
      const before = (await world.get(entry))!;
      await world.remove(entry);
      const startedAt = performance.now();
      await eventually(`${entry.kind} ${entry.name} to be back`, async () => {
        const now = await world.get(entry);
        expect(now?.metadata.uid ?? before.metadata.uid).not.toBe(before.metadata.uid);
      });
      took.push(performance.now() - startedAt);
      await world.patch(entry, {
        metadata: { labels: { 'ostack.io/stack': ref.name, 'app.kubernetes.io/managed-by': 'me' } },
      });
      await eventually(`${entry.kind} ${entry.name} to be ours again`, async () => {
        expect((await world.get(entry))?.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('ostack');
      });
    }
    took.sort((a, b) => a - b);
    console.log(`deleted → back: p50 ${took[took.length >> 1]?.toFixed(0)} ms, max ${took.at(-1)?.toFixed(0)} ms`);
    await ready(ref);
  }, 120_000);

  test('of contents is repaired, and what others add stays', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    const config = childOf(ref, 'v1', 'ConfigMap', 'tempo');
    const data = (await world.get(config))?.['data'];
    await world.patch(config, { data: { 'tempo.yaml': 'server: {}' }, metadata: { annotations: { team: 'blue' } } });
    await eventually('the configuration', async () => expect((await world.get(config))?.['data']).toEqual(data));
    expect((await world.get(config))?.metadata.annotations?.['team']).toBe('blue');
    expect(await told(ref, 'FieldConflict')).toContain('ConfigMap demo-tempo');
    const service = childOf(ref, 'v1', 'Service', 'loki');
    await world.patch(service, { spec: { selector: { 'app.kubernetes.io/name': 'elsewhere' } } });
    await eventually('the selector', async () => {
      const spec = (await world.get(service))?.['spec'] as { selector: object };
      expect(spec.selector).toEqual({ 'app.kubernetes.io/name': 'loki', 'app.kubernetes.io/instance': 'demo' });
    });
  }, 60_000);

  test('leaves the replicas of an autoscaled workload to its autoscaler', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    const set = childOf(ref, 'apps/v1', 'StatefulSet', 'alloy-sampler');
    await world.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'sampler', namespace: ref.namespace },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.name }, maxReplicas: 5 },
    });
    await world.patch(set, { spec: { replicas: 3 } });
    await rest();
    expect((await world.get(set))?.['spec']).toMatchObject({ replicas: 3 });
    await ready(ref);
  }, 60_000);
});

describe('a component that is turned off', () => {
  test('takes its children with it and leaves its volume under RetainData', async () => {
    operator = await world.operator();
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
      ].map(([apiVersion, kind]) => world.get(childOf(ref, apiVersion!, kind!, 'loki'))),
    );
    expect(left).toEqual([undefined, undefined, undefined, undefined]);
    expect(await claims(ref)).toContain('data-demo-loki-0');
    expect(statusOf(live).pipelines).toContainEqual({ signal: 'logs', state: 'Disabled', hop: '' });
  }, 60_000);

  test('takes its volume with it under Delete', async () => {
    operator = await world.operator();
    const ref = await create({ deletionPolicy: 'Delete' });
    await ready(ref);
    await edit(ref, { logs: { backend: 'None' } });
    await eventually('the volume of Loki to go', async () =>
      expect(await claims(ref)).not.toContain('data-demo-loki-0'),
    );
    expect(await claims(ref)).toContain('data-demo-tempo-0');
  }, 60_000);

  test('leaves alone what has lost our labels', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await operator.stop();
    const config = childOf(ref, 'v1', 'ConfigMap', 'loki');
    await world.patch(config, { metadata: { labels: { 'ostack.io/stack': null } } });
    await edit(ref, { logs: { backend: 'None' } });
    operator = await world.operator();
    await until(ref, 'LogsReady', 'False', 'Disabled');
    await rest();
    expect(await world.get(config)).toBeDefined();
  }, 60_000);
});

/** Claims that are not being deleted: the finalizer of their protection has no controller here. */
async function claims(ref: Ref): Promise<string[]> {
  const all = await world.list('v1', 'PersistentVolumeClaim', ref.namespace);
  return all.filter((c) => c.metadata.deletionTimestamp === undefined).map((c) => c.metadata.name);
}

const clusterScoped = (ref: Ref): Ref => {
  const name = `ostack-${ref.namespace}-demo-alloy-node`;
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name };
};

describe('a stack that is deleted', () => {
  test.each(['RetainData', 'Delete'] as const)(
    'under %s cleans up what the garbage collector cannot',
    async (policy) => {
      operator = await world.operator();
      const ref = await create({ deletionPolicy: policy });
      const live = await ready(ref);
      const children = await world.list('v1', 'ConfigMap', ref.namespace, 'ostack.io/stack=demo');
      for (const child of children) expect(child.metadata.ownerReferences?.[0]?.uid).toBe(live.metadata.uid);
      expect(await world.get(clusterScoped(ref))).toBeDefined();
      await world.remove(ref);
      await eventually('the stack to go', async () => expect(await world.get(ref)).toBeUndefined());
      expect(await world.get(clusterScoped(ref))).toBeUndefined();
      expect(await claims(ref)).toHaveLength(policy === 'Delete' ? 0 : 3);
    },
    60_000,
  );

  test('goes even if it is Paused', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await edit(ref, { managementState: 'Paused' });
    await until(ref, 'Ready', 'Unknown', 'Paused');
    await world.remove(ref);
    await eventually('the stack to go', async () => expect(await world.get(ref)).toBeUndefined());
    expect(await world.get(clusterScoped(ref))).toBeUndefined();
  }, 60_000);
});

describe('a stack held back', () => {
  test('is not written while Paused, however it drifts, and is repaired afterwards', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await told(ref, 'Ready');
    await edit(ref, { managementState: 'Paused', sampling: { baselinePercent: 50 } });
    await until(ref, 'Ready', 'Unknown', 'Paused');
    world.mark();
    const service = childOf(ref, 'v1', 'Service', 'tempo');
    await world.remove(service);
    await rest();
    expect(world.writes()).toEqual([]);
    expect(await world.get(service)).toBeUndefined();
    await edit(ref, { managementState: 'Managed' });
    await ready(ref);
    expect(await world.get(service)).toBeDefined();
    expect(statusOf(await world.get(ref)).sampling?.baselinePercent).toBe(50);
  }, 60_000);

  test('is let go of when Unmanaged: its children outlive it', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    await edit(ref, { managementState: 'Unmanaged' });
    const live = await until(ref, 'Ready', 'Unknown', 'Unmanaged');
    expect(live.metadata.finalizers ?? []).toEqual([]);
    const config = childOf(ref, 'v1', 'ConfigMap', 'tempo');
    expect((await world.get(config))?.metadata.ownerReferences ?? []).toEqual([]);
    await rest();
    world.mark();
    await rest();
    expect(world.writes()).toEqual([]);
    await edit(ref, { managementState: 'Managed' });
    await ready(ref);
    expect((await world.get(config))?.metadata.ownerReferences?.[0]?.uid).toBe(live.metadata.uid);
  }, 60_000);
});

describe('the truth', () => {
  test('about a workload without pods, and back by itself', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    const set = childOf(ref, 'apps/v1', 'StatefulSet', 'tempo');
    world.controllers.frozen.add(set.name);
    const status = { replicas: 0, readyReplicas: 0, updatedReplicas: 0 };
    const path = `/apis/apps/v1/namespaces/${ref.namespace}/statefulsets/${set.name}/status`;
    const contentType = 'application/merge-patch+json';
    await world.person.request('PATCH', path, { contentType, body: { status } });
    const live = await until(ref, 'TracesReady', 'False', 'Progressing');
    expect(conditionOf(live, 'Ready')?.message).toContain('0 of 1 pods ready');
    expect(conditionOf(live, 'Reconciling')?.status).toBe('True');
    world.controllers.frozen.delete(set.name);
    world.controllers.touch(set.name);
    await ready(ref);
  }, 60_000);

  test('about a signal that gets lost, with the hop, and back by itself', async () => {
    operator = await world.operator();
    const ref = await create({ sampling: { decisionWait: '1s' } });
    await ready(ref);
    let spans = 0;
    world.backends.metrics = (pod) => {
      spans += 1;
      return [
        `otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.internal"} ${spans}`,
        `otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.nodes"} ${spans}`,
        'otelcol_loadbalancer_num_backends 1',
        `# ${pod}`,
      ].join('\n');
    };
    world.backends.broken.add('traces');
    try {
      const live = await until(ref, 'PipelineHealthy', 'False', 'SignalLost');
      expect(conditionOf(live, 'Ready')?.status).toBe('False');
      expect(conditionOf(live, 'PipelineHealthy')?.message).toContain('alloy-sampler → tempo');
      expect(conditionOf(live, 'TracesReady')?.status).toBe('True');
    } finally {
      world.backends.broken.clear();
    }
    await ready(ref);
  }, 60_000);
});

describe('two operators', () => {
  test('never write the same object; the second takes over when the first stops', async () => {
    operator = await world.operator({ identity: 'first' });
    await eventually('the lease', () => expect(operator?.leading()).toBe(true));
    const second = await world.operator({ identity: 'second' });
    try {
      world.mark();
      const ref = await create();
      const children = statusOf(await ready(ref)).inventory?.length ?? 0;
      expect(world.writes().filter((w) => w.code === 201 && w.resource !== 'events')).toHaveLength(children);
      const stopping = performance.now();
      await operator.stop();
      expect(performance.now() - stopping).toBeLessThan(2000);
      await eventually('the second to lead', () => expect(second.leading()).toBe(true), 5000);
      world.mark();
      await world.remove(childOf(ref, 'v1', 'Service', 'tempo'));
      await eventually('the repair', () => expect(world.writes().some((w) => w.resource === 'services')).toBe(true));
    } finally {
      await second.stop();
    }
  }, 60_000);
});

describe('the resource definition', () => {
  test('can go first: no stack is stuck on its finalizer, and the operator survives until it is back', async () => {
    operator = await world.operator();
    const ref = await create();
    await ready(ref);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'observabilitystacks.ostack.io',
    };
    await world.remove(definition);
    await eventually('the definition to go', async () => expect(await world.get(definition)).toBeUndefined(), 30_000);
    expect(await world.get(clusterScoped(ref))).toBeUndefined();
    await world.define();
    await ready(await create());
  }, 120_000);
});
