import { describe, expect, test } from '@jest/globals';
import {
  childOf,
  conditionOf,
  create,
  ready,
  setStage,
  start,
  statusOf,
  stop,
  until,
  world,
} from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

describe('the truth', () => {
  test('about a workload without pods, and back by itself', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    const set = childOf(ref, 'apps/v1', 'StatefulSet', 'tempo');
    world().controllers.frozen.add(set.name);
    const status = { replicas: 0, readyReplicas: 0, updatedReplicas: 0 };
    const path = `/apis/apps/v1/namespaces/${ref.namespace}/statefulsets/${set.name}/status`;
    const contentType = 'application/merge-patch+json';
    await world().person.request('PATCH', path, { contentType, body: { status } });
    const live = await until(ref, 'TracesReady', 'False', 'Progressing');
    expect(conditionOf(live, 'Ready')?.message).toContain('0 of 1 pods ready');
    expect(conditionOf(live, 'Reconciling')?.status).toBe('True');
    world().controllers.frozen.delete(set.name);
    world().controllers.touch(set.name);
    await ready(ref);
  }, 60_000);

  test('about a workload whose pods are refused, in the words of its controller', async () => {
    await start();
    const ref = await create();
    await ready(ref);
    const set = childOf(ref, 'apps/v1', 'StatefulSet', 'tempo');
    world().controllers.frozen.add(set.name);
    const live = await world().get(set);
    const path = `/apis/apps/v1/namespaces/${ref.namespace}/statefulsets/${set.name}/status`;
    const contentType = 'application/merge-patch+json';
    const status = { replicas: 0, readyReplicas: 0, updatedReplicas: 0 };
    await world().person.request('PATCH', path, { contentType, body: { status } });
    const refused =
      'pods "demo-tempo-0" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0';
    const { apiVersion, kind, namespace = '', name } = set;
    await world().person.request('POST', `/api/v1/namespaces/${namespace}/events`, {
      body: {
        metadata: { name: 'refused', namespace },
        involvedObject: { apiVersion, kind, namespace, name, uid: live?.metadata.uid },
        reason: 'FailedCreate',
        message: `create Pod demo-tempo-0 in StatefulSet demo-tempo failed error: ${refused}`,
        lastTimestamp: new Date(Date.now() + 5000).toISOString(),
      },
    });
    const told = await until(ref, 'TracesReady', 'False', 'NoPods');
    expect(conditionOf(told, 'TracesReady')?.message).toBe(
      'StatefulSet demo-tempo: exceeded quota: none, requested: pods=1, limited: pods=0',
    );
    expect(conditionOf(told, 'Reconciling')).toBeUndefined();
    world().controllers.frozen.delete(set.name);
    world().controllers.touch(set.name);
    await ready(ref);
  }, 60_000);

  test('about a signal that gets lost, with the hop, and back by itself', async () => {
    await start();
    const ref = await create({ sampling: { decisionWait: '1s' } });
    await ready(ref);
    let spans = 0;
    world().backends.metrics = (pod) => {
      spans += 1;
      return [
        `otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.internal"} ${spans}`,
        `otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.nodes"} ${spans}`,
        'otelcol_loadbalancer_num_backends 1',
        `# ${pod}`,
      ].join('\n');
    };
    world().backends.broken.add('traces');
    try {
      const live = await until(ref, 'PipelineHealthy', 'False', 'SignalLost');
      expect(conditionOf(live, 'Ready')?.status).toBe('False');
      expect(conditionOf(live, 'PipelineHealthy')?.message).toContain('alloy-sampler → tempo');
      expect(conditionOf(live, 'TracesReady')?.status).toBe('True');
    } finally {
      world().backends.broken.clear();
    }
    await ready(ref);
  }, 60_000);
});

describe('two operators', () => {
  test('never write the same object; the second takes over when the first stops', async () => {
    const first = await start({ identity: 'first' });
    await eventually('the lease', () => expect(first.leading()).toBe(true));
    const second = await world().operator({ identity: 'second' });
    try {
      await world().mark();
      const ref = await create();
      const children = statusOf(await ready(ref)).inventory?.length ?? 0;
      expect(
        world()
          .writes()
          .filter((w) => w.code === 201 && w.resource !== 'events'),
      ).toHaveLength(children);
      await stop();
      await eventually('the second to lead', () => expect(second.leading()).toBe(true), 5000);
      await world().mark();
      await world().remove(childOf(ref, 'v1', 'Service', 'tempo'));
      await eventually('the repair', () =>
        expect(
          world()
            .writes()
            .some((w) => w.resource === 'services'),
        ).toBe(true),
      );
    } finally {
      await second.stop();
    }
  }, 60_000);
});
