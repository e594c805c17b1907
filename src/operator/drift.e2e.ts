import { describe, expect, test } from '@jest/globals';
import { childOf, create, ready, rest, setStage, start, statusOf, told, world } from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

describe('drift', () => {
  test('of every child of every kind is repaired: deleted or edited', async () => {
    await start();
    const ref = await create({
      grafana: { auth: 'Password' },
      security: { networkPolicies: true },
      collection: { sampler: { replicas: 2 } },
    });
    const inventory = statusOf(await ready(ref)).inventory ?? [];
    expect(new Set(inventory.map((e) => e.kind)).size).toBe(11);
    const took: number[] = [];
    for (const entry of inventory) {
      const before = (await world().get(entry))!;
      await world().remove(entry);
      const startedAt = performance.now();
      await eventually(`${entry.kind} ${entry.name} to be back`, async () => {
        const now = await world().get(entry);
        expect(now?.metadata.uid ?? before.metadata.uid).not.toBe(before.metadata.uid);
      });
      took.push(performance.now() - startedAt);
      await world().patch(entry, {
        metadata: { labels: { 'ostack.io/stack': ref.name, 'app.kubernetes.io/managed-by': 'me' } },
      });
      await eventually(`${entry.kind} ${entry.name} to be ours again`, async () => {
        expect((await world().get(entry))?.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('ostack');
      });
    }
    took.sort((a, b) => a - b);
    console.log(`deleted → back: p50 ${took[took.length >> 1]?.toFixed(0)} ms, max ${took.at(-1)?.toFixed(0)} ms`);
    await ready(ref);
  }, 120_000);

  test('of contents is repaired, and what others add stays', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    const config = childOf(ref, 'v1', 'ConfigMap', 'tempo');
    const data = (await world().get(config))?.['data'];
    await world().patch(config, { data: { 'tempo.yaml': 'server: {}' }, metadata: { annotations: { team: 'blue' } } });
    await eventually('the configuration', async () => expect((await world().get(config))?.['data']).toEqual(data));
    expect((await world().get(config))?.metadata.annotations?.['team']).toBe('blue');
    expect(await told(ref, 'FieldConflict')).toContain('ConfigMap demo-tempo');
    const service = childOf(ref, 'v1', 'Service', 'loki');
    await world().patch(service, { spec: { selector: { 'app.kubernetes.io/name': 'elsewhere' } } });
    await eventually('the selector', async () => {
      const spec = (await world().get(service))?.['spec'] as { selector: object };
      expect(spec.selector).toEqual({ 'app.kubernetes.io/name': 'loki', 'app.kubernetes.io/instance': 'demo' });
    });
  }, 60_000);

  test('leaves the replicas of an autoscaled workload to its autoscaler, and spreads traces over them', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    const set = childOf(ref, 'apps/v1', 'StatefulSet', 'alloy-sampler');
    const collector = childOf(ref, 'v1', 'ConfigMap', 'alloy-node');
    const resolver = async () => {
      const data = (await world().get(collector))?.['data'] as Record<string, string> | undefined;
      return /resolver \{\s+(\w+)/.exec(data?.['config.alloy'] ?? '')?.[1];
    };
    expect(await resolver()).toBe('kubernetes');
    const autoscaler = { ...set, apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'sampler' };
    await world().apply({
      apiVersion: autoscaler.apiVersion,
      kind: autoscaler.kind,
      metadata: { name: autoscaler.name, namespace: ref.namespace },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.name }, maxReplicas: 5 },
    });
    await eventually('routing to several', async () => expect(await resolver()).toBe('dns'));
    await world().patch(set, { spec: { replicas: 3 } });
    await rest();
    expect((await world().get(set))?.['spec']).toMatchObject({ replicas: 3 });
    await ready(ref);
    await world().remove(autoscaler);
    await eventually('an only sampler', async () => {
      expect((await world().get(set))?.['spec']).toMatchObject({ replicas: 1 });
      expect(await resolver()).toBe('kubernetes');
    });
  }, 60_000);
});
