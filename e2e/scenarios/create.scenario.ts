import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { installOperator } from '../demo/operator.ts';
import { findTrace, queryLoki, queryMimir, searchTraces, type StoredSpan } from './backends.ts';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { openStage, type Stage } from './stage.ts';

const demo = { name: 'demo', namespace: 'observability' };
const shopManifest = join(import.meta.dirname, '../../examples/shop/shop.yaml');

let stage: Stage;
const started = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  stage = await openStage();
  await installOperator(stage.helm);
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: demo.namespace } });
  await stage.put(await demoStack());
  const shop = (await readFile(shopManifest, 'utf8')).replaceAll('ghcr.io/ostack/shop:0.1.0', 'ostack.test/shop:dev');
  await stage.apply(...parseAllDocuments(shop).map((document) => document.toJS() as object));
}, 300_000);

describe('a stack that was applied', () => {
  test('becomes Ready, with every condition True but what is switched off', async () => {
    const { afterMs } = await stage.untilCondition(demo, 'Ready', 'True', 240_000);
    console.log(`apply → Ready=True after ${afterMs} ms`);
    const { Reconciling, Stalled, VisualizationReady, ...rest } = await stage.conditions(demo.name, demo.namespace);
    expect({ Reconciling, Stalled }).toEqual({ Reconciling: undefined, Stalled: undefined });
    expect(VisualizationReady?.reason).toBe('Disabled');
    expect(Object.values(rest).map(({ type, status }) => `${type}=${status}`)).toEqual(
      expect.arrayContaining([
        'Accepted=True',
        'StorageReady=True',
        'InstrumentationReady=True',
        'CollectionReady=True',
        'TracesReady=True',
        'MetricsReady=True',
        'LogsReady=True',
        'PipelineHealthy=True',
        'Ready=True',
      ]),
    );
    expect(Object.values(rest).filter(({ status }) => status !== 'True')).toEqual([]);
  }, 300_000);

  test('counts every component as the API server does', async () => {
    const stack = await stage.get('observabilitystack', demo.name, demo.namespace);
    const components = stack?.status?.['components'] as readonly Record<string, unknown>[];
    const enabled = components.filter(({ state }) => state !== 'Disabled');
    expect(enabled.map(({ name }) => name).sort()).toEqual([
      'agent',
      'alloy-node',
      'alloy-sampler',
      'loki',
      'mimir',
      'tempo',
    ]);
    for (const component of enabled) expect(component).toMatchObject({ desired: 1, ready: 1, updated: 1 });
    expect(stack?.status?.['observedGeneration']).toBe(stack?.metadata.generation);
  });
});

describe('what the SDK of the shop sends', () => {
  test('is a trace in Tempo with the namespace, pod, workload and node of all three services', async () => {
    const tempo = await stage.url('demo-tempo', demo.namespace, 3200);
    const query = '{ resource.service.name = "payment" && status = error }';
    const { value: spans } = await eventually('a declined order in Tempo', 120_000, async () => {
      for (const id of await searchTraces(tempo, query, started)) {
        const found = await findTrace(tempo, id);
        if (new Set(found.map(serviceOf)).size === 3) return found;
      }
      return undefined;
    });
    for (const service of ['frontend', 'checkout', 'payment']) {
      expect(spans.find((span) => serviceOf(span) === service)?.resource).toMatchObject({
        'k8s.namespace.name': 'shop',
        'k8s.pod.name': expect.stringMatching(new RegExp(`^${service}-`)),
        'k8s.deployment.name': service,
        'k8s.node.name': await nodeName(),
      });
    }
  }, 180_000);

  test('is RED metrics and the service graph in Mimir', async () => {
    const mimir = await stage.url('demo-mimir', demo.namespace, 8080);
    const { value: calls } = await eventually('span metrics of payment', 90_000, async () => {
      const found = await queryMimir(
        mimir,
        'sum without(sampler) (traces_spanmetrics_calls_total{service_name="payment",k8s_namespace_name="shop",span_kind="SPAN_KIND_SERVER"})',
      );
      return found.length > 0 ? found : undefined;
    });
    expect(calls[0]?.labels).toMatchObject({ k8s_namespace_name: 'shop', k8s_deployment_name: 'payment' });
    const { value: edges } = await eventually('the edges of the shop', 90_000, async () => {
      const found = await queryMimir(
        mimir,
        'sum by(client, server) (traces_service_graph_request_total{client=~"frontend|checkout|payment"})',
      );
      const names = found.map(({ labels }) => `${labels['client']}→${labels['server']}`).sort();
      return names.length >= 2 ? names : undefined;
    });
    expect(edges).toEqual(['checkout→payment', 'frontend→checkout']);
    const { value: orders } = await eventually('the counter the SDK sends', 90_000, async () => {
      const found = await queryMimir(mimir, 'shop_orders_total{service="frontend"}');
      return found.length > 0 ? found : undefined;
    });
    expect(orders[0]?.value).toBeGreaterThan(0);
    expect(orders[0]?.labels).toMatchObject({
      k8s_namespace_name: 'shop',
      k8s_pod_name: expect.stringMatching(/^frontend-/),
      k8s_deployment_name: 'frontend',
      k8s_node_name: await nodeName(),
    });
  }, 180_000);

  test('is a log line in Loki with the trace id, from the SDK and from stdout', async () => {
    const loki = await stage.url('demo-loki', demo.namespace, 3100);
    for (const [origin, query] of [
      ['OTLP', '{service_name="payment", k8s_namespace_name="shop"} | trace_id != "" !~ "^\\\\{"'],
      ['stdout', '{k8s_namespace_name="shop"} |= "\\"service\\":\\"payment\\"" | trace_id != ""'],
    ] as const) {
      const { value: lines } = await eventually(`a ${origin} log of payment`, 90_000, async () => {
        const found = await queryLoki(loki, query);
        return found.length > 0 ? found : undefined;
      });
      expect(lines[0]?.labels).toMatchObject({
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        k8s_namespace_name: 'shop',
        k8s_pod_name: expect.stringMatching(/^payment-/),
        k8s_deployment_name: 'payment',
        k8s_node_name: await nodeName(),
      });
    }
  }, 200_000);
});

/** There is one. */
async function nodeName(): Promise<string> {
  return (await stage.list('nodes', ''))[0]!.metadata.name;
}

function serviceOf(span: StoredSpan): string {
  return span.resource['service.name'] ?? '';
}
