import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/dashboards/index.ts';
import { bundledImage } from '../cluster/images.ts';
import { installOperator } from '../demo/operator.ts';
import { findTrace, queryMimir, searchTraces, type StoredSpan } from './backends.ts';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { get, placeOrders } from './orders.ts';
import { plainShop } from './plain-shop.ts';
import { openStage, type Stage } from './stage.ts';

const demo = { name: 'demo', namespace: 'observability' };
const shop = 'plain';
/** The same programs where nobody asked for them to be looked at. */
const aside = 'aside';
const services = ['frontend', 'checkout', 'payment'];
const orders = 1000;
/** Of every 50 orders the shop declines one and is slow with one. */
const declined = orders / 50;

let stage: Stage;
let tempo: string;
let mimir: string;
let started: number;
/** The pods of the shop. */
let pods: readonly string[];
let edgesBefore: Readonly<Record<string, number>>;

beforeAll(async () => {
  stage = await openStage();
  await installOperator(stage.helm);
  await stage.node.useImage(await bundledImage('ostack.test/shop:dev', 'examples/shop/main.ts'));
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: demo.namespace } });
  const instrumentation = { enabled: true, discovery: { namespaces: { exclude: ['kube-system', aside] } } };
  await stage.apply(await demoStack({ spec: { instrumentation } }));
  await stage.untilCondition(demo, 'Ready', 'True', 240_000);
  tempo = await stage.url('demo-tempo', demo.namespace, 3200);
  mimir = await stage.url('demo-mimir', demo.namespace, 8080);
  // Fresh pods: what earlier ones have counted must not count here.
  await stage.kubectl('delete', 'namespace', shop, aside, '--ignore-not-found', '--timeout=120s');
  edgesBefore = await arrows();
  await stage.apply(...(await plainShop(shop)), ...(await plainShop(aside, ['payment'])));
  for (const [namespace, names] of [
    [shop, services],
    [aside, ['payment']],
  ] as const) {
    for (const name of names)
      await stage.kubectl('rollout', 'status', `deploy/${name}`, '-n', namespace, '--timeout=90s');
  }
  started = Math.floor(Date.now() / 1000);
  pods = (await stage.list('pods', shop)).map(({ metadata }) => metadata.name);
}, 480_000);

afterAll(async () => {
  await stage.kubectl('delete', 'namespace', shop, aside, '--wait=false', '--ignore-not-found');
});

/** Waits for the answer of a PromQL query to be this: series by the values of `labels`. */
async function untilCounted(query: string, labels: readonly string[], expected: Readonly<Record<string, number>>) {
  const seen = async () => {
    const samples = await queryMimir(mimir, `sum by(${labels.join()}) (${query})`);
    return Object.fromEntries(
      samples.map(({ labels: found, value }) => [labels.map((label) => found[label] ?? '').join(' '), value]),
    );
  };
  await eventually(`${query} to be ${JSON.stringify(expected)}`, 60_000, async () => {
    const found = await seen();
    if (JSON.stringify(sorted(found)) === JSON.stringify(sorted(expected))) return found;
    throw new Error(JSON.stringify(found));
  });
  // One more round of every agent and collector must not change it.
  await sleep(12_000);
  expect(await seen()).toEqual(expected);
}

/** Requests of every arrow of the service graph that there were none of before the shop, whoever its ends are. */
async function edges(): Promise<Record<string, number>> {
  const fresh = Object.entries(await arrows()).map(
    ([edge, count]) => [edge, count - (edgesBefore[edge] ?? 0)] as const,
  );
  return Object.fromEntries(fresh.filter(([, count]) => count !== 0));
}

async function arrows(): Promise<Record<string, number>> {
  const labels = ['client', 'server', 'server_service_namespace'];
  // What SDKs report, the samplers draw.
  const drawn = 'traces_service_graph_request_total{sampler=""}';
  const samples = await queryMimir(mimir, `sum by(${labels.join()}) (${drawn})`);
  return Object.fromEntries(
    samples.map(({ labels: at, value }) => [
      `${at['client']}→${at['server']} ${at['server_service_namespace'] ?? ''}`,
      value,
    ]),
  );
}

const sorted = (record: Readonly<Record<string, number>>) => Object.entries(record).sort();
const serviceOf = ({ resource }: StoredSpan) => resource['service.name'] ?? '';
const inPods = () => `k8s_pod_name=~"${pods.join('|')}"`;

describe('programs that nobody instrumented', () => {
  test('are covered by Ready: the agent is attached on the node', async () => {
    const { Ready, InstrumentationReady } = await stage.conditions(demo.name, demo.namespace);
    expect(Ready).toMatchObject({ status: 'True', reason: 'AllReady' });
    expect(InstrumentationReady).toMatchObject({ status: 'True' });
    const stack = await stage.get('observabilitystack', demo.name, demo.namespace);
    const components = stack?.status?.['components'] as readonly Record<string, unknown>[];
    expect(components.find(({ name }) => name === 'agent')).toMatchObject({ state: 'Ready', desired: 1, ready: 1 });
  });

  test('are counted exactly, by service, route and status, at both ends', async () => {
    const frontend = await stage.url('frontend', shop, 8080);
    const before = Date.now();
    expect(await placeOrders(frontend, 1, orders)).toEqual({ 200: orders - declined, 500: declined });
    console.log(`${orders} orders placed in ${Date.now() - before} ms`);
    const byStatus = (names: readonly string[]) =>
      Object.fromEntries(
        names.flatMap((name) => [
          [`${name} 200`, orders - declined],
          [`${name} 500`, declined],
        ]),
      );
    const labels = ['service_name', 'http_response_status_code'];
    await untilCounted(
      `http_server_request_duration_seconds_count{${inPods()},http_route="/orders/{id}"}`,
      labels,
      byStatus(services),
    );
    const calls = `http_client_request_duration_seconds_count{${inPods()},url_template="/orders/{id}"}`;
    await untilCounted(calls, labels, byStatus(['frontend', 'checkout']));
    const spans = `traces_spanmetrics_calls_total{${inPods()},span_name="GET /orders/{id}",span_kind="SPAN_KIND_SERVER"}`;
    await untilCounted(spans, ['service_name'], Object.fromEntries(services.map((name) => [name, orders])));
  }, 240_000);

  test('are drawn with exactly the edges there are, in every namespace and to no address, no call twice', async () => {
    // The readiness of one asks the next as well, so there are more calls than orders, a few before a name is known.
    const calls = `sum by(service_name) (http_client_request_duration_seconds_count{${inPods()}})`;
    await eventually('every order in the edges', 60_000, async () => {
      const [found, made] = await Promise.all([edges(), queryMimir(mimir, calls)]);
      const madeBy = (name: string) => made.find(({ labels }) => labels['service_name'] === name)?.value ?? 0;
      expect(Object.keys(found).sort()).toEqual(['checkout→payment plain', 'frontend→checkout plain']);
      for (const [edge, count] of Object.entries(found)) {
        expect(count).toBeGreaterThanOrEqual(orders);
        expect(count).toBeLessThanOrEqual(madeBy(edge.split('→')[0] ?? ''));
      }
      return true;
    });
  }, 90_000);

  test('have a trace of every declined and every slow order, with pod, workload and namespace', async () => {
    const at = `resource.service.name = "payment" && resource.k8s.namespace.name = "${shop}" && kind = server`;
    const found = async (filter: string, count: number) =>
      (
        await eventually(`${count} traces of ${filter}`, 90_000, async () => {
          const ids = await searchTraces(tempo, `{ ${at} && ${filter} }`, started);
          if (ids.length === count) return ids;
          throw new Error(`${ids.length}`);
        })
      ).value;
    const errors = await found('status = error', declined);
    await found('duration > 600ms', declined);
    const node = (await stage.list('nodes', ''))[0]?.metadata.name;
    let whole = 0;
    for (const id of errors) {
      const spans = await findTrace(tempo, id);
      const ends = spans.map((span) => `${serviceOf(span)} ${kindOf(span)}`);
      // Both ends of one call, always. What came before is left open where a probe was served at the same moment.
      expect(ends).toEqual(expect.arrayContaining(['checkout client', 'payment server']));
      expect(ends.includes('frontend client')).toBe(ends.includes('checkout server'));
      expect(new Set(ends).size).toBe(ends.length);
      whole += ends.length === 5 ? 1 : 0;
      for (const span of spans) {
        expect(span.resource).toMatchObject({
          'k8s.namespace.name': shop,
          'k8s.deployment.name': serviceOf(span),
          'k8s.pod.name': expect.stringMatching(new RegExp(`^${serviceOf(span)}-`)),
          'k8s.node.name': node,
        });
      }
    }
    console.log(`${whole} of ${errors.length} declined orders are whole, from frontend to payment`);
    expect(whole).toBeGreaterThan(errors.length / 2);
  }, 180_000);
});

test('the agents say in Mimir all that dashboards ask of them: of themselves, and of connections', async () => {
  const wanted = catalogue.filter(({ from }) => from === 'agent').map(({ name }) => name);
  const [own, connections] = ['ostack_agent_', 'tcp_connection'].map((start) =>
    wanted.filter((name) => name.startsWith(start)),
  ) as [string[], string[]];
  expect([...own, ...connections].sort()).toEqual([...wanted].sort());
  const namesOf = async (selector: string) =>
    (await queryMimir(mimir, `count by(__name__) ({${selector}})`)).map(({ labels }) => labels['__name__']);
  expect(await namesOf('job="agent"')).toEqual(expect.arrayContaining(own));
  await eventually('the summaries of connections that ended', 60_000, async () => {
    const found = await namesOf(`__name__=~"tcp_connection.+",${inPods()}`);
    const missing = connections.filter((name) => !found.includes(name) && !found.includes(`${name}_count`));
    if (missing.length === 0) return true;
    throw new Error(`no ${missing.join(', ')}`);
  });
});

describe('what was not selected', () => {
  test('has no series: neither another namespace, nor programs outside of pods', async () => {
    const outside = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const { port } = outside.address() as AddressInfo;
    const payment = await stage.url('payment', aside, 8080);
    for (let n = 0; n < 50; n++) {
      await get(`${payment}/orders/1`);
      await get(`http://127.0.0.1:${port}/outside/1`);
    }
    outside.close();
    outside.closeAllConnections();
    await sleep(25_000);
    // The SDKs of the demo's shop write the same metric themselves.
    const metric = 'http_server_request_duration_seconds_count{service_name!="",k8s_namespace_name!="shop"}';
    const recent = `timestamp(${metric}) > ${started}`;
    const names = await queryMimir(mimir, `count by(service_name, k8s_namespace_name) (${recent})`);
    expect(names.map(({ labels }) => `${labels['k8s_namespace_name']}/${labels['service_name']}`).sort()).toEqual(
      services.map((name) => `${shop}/${name}`).sort(),
    );
    expect(await queryMimir(mimir, '{http_route=~"/outside.*"}')).toEqual([]);
    expect(await queryMimir(mimir, `{k8s_namespace_name="${aside}",http_route!=""}`)).toEqual([]);
  }, 90_000);
});

describe('a changed stack', () => {
  test('reaches the running agent within seconds, and restarts nothing', async () => {
    const [before] = await stage.list('pods', demo.namespace, 'app.kubernetes.io/name=agent');
    const ip = String((before?.status as { podIP?: string } | undefined)?.podIP);
    const reloads = async () => {
      const page = await (await fetch(`http://${ip}:9465/metrics`)).text();
      return Number(/^ostack_agent_config_reloads_total (\d+)$/m.exec(page)?.[1] ?? 0);
    };
    const count = await reloads();
    await stage.patch('observabilitystack', demo.name, demo.namespace, {
      spec: { sampling: { baselinePercent: 100 } },
    });
    const { afterMs } = await eventually('the new percentage in the agent', 60_000, async () =>
      (await reloads()) > count ? true : undefined,
    );
    console.log(`a percentage is in force in the agent ${afterMs} ms after the change`);
    const [after] = await stage.list('pods', demo.namespace, 'app.kubernetes.io/name=agent');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    const frontend = await stage.url('frontend', shop, 8080);
    await sleep(15_000);
    const since = Math.floor(Date.now() / 1000) - 1;
    await placeOrders(frontend, 1, 40);
    const query = `{ resource.service.name = "frontend" && resource.k8s.namespace.name = "${shop}" && kind = server && span.http.route = "/orders/{id}" }`;
    await eventually('every order in Tempo at 100 %', 60_000, async () => {
      const ids = await searchTraces(tempo, query, since);
      if (ids.length === 40) return ids;
      throw new Error(`${ids.length} of 40`);
    });
    await stage.patch('observabilitystack', demo.name, demo.namespace, { spec: { sampling: { baselinePercent: 10 } } });
  }, 180_000);

  test('says by name that its namespace does not take the agent, and comes back when it does', async () => {
    const enforce = 'pod-security.kubernetes.io/enforce';
    await stage.kubectl('label', 'namespace', demo.namespace, `${enforce}=restricted`, '--overwrite');
    await stage.kubectl('delete', 'pod', '-n', demo.namespace, '-l', 'app.kubernetes.io/name=agent');
    const { value } = await eventually('the refusal in the condition', 60_000, async () => {
      const { InstrumentationReady, Ready } = await stage.conditions(demo.name, demo.namespace);
      return InstrumentationReady?.reason === 'PodSecurity' && Ready?.status === 'False'
        ? InstrumentationReady
        : undefined;
    });
    expect(value.message).toContain('violates PodSecurity "restricted:latest"');
    expect(value.message).toContain('label the namespace');
    await stage.kubectl('label', 'namespace', demo.namespace, `${enforce}-`);
    await stage.untilCondition(demo, 'Ready', 'True', 120_000);
  }, 240_000);
});

function kindOf(span: StoredSpan): string {
  return span.kind === 'SPAN_KIND_CLIENT' || span.kind === 3 ? 'client' : 'server';
}
