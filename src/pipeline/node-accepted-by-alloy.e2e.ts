import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { minimumStability } from '../alloy/index.ts';
import { freePort, runAlloy, sum, temporaryFolder, until, type RunningAlloy } from './alloy-program.fixture.ts';
import { openKubeApi, type FakeApi } from './kube-api.fixture.ts';
import { local } from './local.fixture.ts';
import { nodePipeline } from './node.ts';
import { openSink, type Sink } from './otlp-sink.fixture.ts';
import { everything, stackOf, wiring } from './stack.fixture.ts';
import { sendTraces, traceId } from './traffic.fixture.ts';

jest.setTimeout(180_000);

describe('a node', () => {
  let sink: Sink;
  let api: FakeApi;
  let running: RunningAlloy;
  let doors: Readonly<Record<'applications' | 'internal', string>>;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'shop-1',
      namespace: 'shop',
      uid: 'f0e1d2c3-0000-4000-8000-000000000001',
      labels: { 'app.kubernetes.io/name': 'shop' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'shop', uid: 'a', controller: true }],
    },
    spec: { nodeName: 'here', containers: [{ name: 'app', image: 'shop:1' }] },
    status: {
      phase: 'Running',
      podIP: '127.0.0.1',
      startTime: new Date(0).toISOString(),
      containerStatuses: [{ name: 'app', ready: true, state: { running: { startedAt: new Date(0).toISOString() } } }],
    },
  };
  const id = traceId('line');
  let env: Readonly<Record<string, string>>;
  let samplerPort: number;

  beforeAll(async () => {
    sink = await openSink();
    const folder = temporaryFolder();
    api = await openKubeApi(folder, [pod], [`paid trace_id=${id}`]);
    const [grpc, http, internal] = [await freePort(), await freePort(), await freePort()];
    samplerPort = await freePort();
    doors = { applications: `http://127.0.0.1:${http}`, internal: `http://127.0.0.1:${internal}` };
    const exportTo = [
      { name: 'sink', endpoint: sink.url, protocol: 'Http', insecure: true, signals: ['metrics', 'logs'] },
    ];
    const redaction = [
      { attribute: 'secret', action: 'Remove' },
      { attribute: 'user', action: 'Hash' },
    ];
    const stack = stackOf({ collection: { exportTo, redaction, extraConfig: everything.collection.extraConfig } });
    const wired = {
      ...wiring,
      clusterName: 'here',
      sampler: { ...wiring.sampler, port: samplerPort },
      mimir: { remoteWrite: `${sink.url}/api/v1/push` },
      loki: { push: `${sink.url}/loki/api/v1/push` },
    };
    const config = nodePipeline(stack, wired);
    const text = local(config, {
      '0.0.0.0:4317': `127.0.0.1:${grpc}`,
      '0.0.0.0:4318': `127.0.0.1:${http}`,
      '0.0.0.0:4319': `127.0.0.1:${internal}`,
    });
    env = {
      K8S_NODE_NAME: 'here',
      POD_NAME: 'node-a',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(api.port),
    };
    running = await runAlloy(text, {
      folder,
      account: api.account,
      stability: minimumStability(config),
      env,
    });
  });
  afterAll(async () => {
    await running.stop();
    await api.close();
    await sink.close();
  });

  test('comes up with every component healthy', async () => {
    await until('all components to be healthy', 20_000, async () =>
      (await running.unhealthy()) === 0 ? true : undefined,
    );
    expect((await fetch(`${running.url}/-/healthy`)).status).toBe(200);
  });

  test('asks the API server for nothing but pods, their logs, replica sets, where the sampler is and the version', () => {
    const rest = [...api.asked].filter((path) => !/\/pods(\/[^/]+\/log)?$|\/replicasets$|^\/version$/.test(path));
    expect(rest).toEqual(['/api/v1/namespaces/observability/endpoints']);
  });

  test.each(['applications', 'internal'] as const)('takes spans at the door for %s', async (door) => {
    await sendTraces(doors[door], [{ id: traceId(door), fate: '', spans: [{ service: 'shop' }] }]);
    const accepted = new RegExp(
      `^otelcol_receiver_accepted_spans_total\\{.*component_id="otelcol.receiver.otlp.${door}".*\\} (\\S+)$`,
      'gm',
    );
    expect(sum(await running.metrics(), accepted)).toBe(1);
  });

  test('keeps spans while there is no sampler, and those that come once it was told to go', async () => {
    const sampler = await runAlloy(forwarder(samplerPort, sink.url), { stability: 'generally-available' });
    const has = (name: string) => sink.spans.some((span) => span.traceId === traceId(name));
    const send = (name: string) =>
      sendTraces(doors.applications, [{ id: traceId(name), fate: '', spans: [{ service: 'shop' }] }]);
    const arrives = (name: string) => until(`the span ${name}`, 20_000, () => (has(name) ? true : undefined));
    try {
      await send('early');
      expect(has('early')).toBe(false);
      api.setReady(['127.0.0.1']);
      await arrives('early');
      api.setReady([]);
      await until('the sampler to be gone', 20_000, async () =>
        /^otelcol_loadbalancer_num_backends\{.*\} 0$/m.test(await running.metrics()) ? true : undefined,
      );
      await send('late');
      await new Promise((done) => setTimeout(done, 3000));
      expect(has('late')).toBe(false);
      api.setReady(['127.0.0.1']);
      await arrives('late');
    } finally {
      await sampler.stop();
    }
  });

  test('completes and redacts metrics by what Kubernetes knows about the sender', async () => {
    const now = String(BigInt(Date.now()) * 1_000_000n);
    const attributes = [
      { key: 'secret', value: { stringValue: 'x' } },
      { key: 'user', value: { intValue: '7' } },
    ];
    const dataPoints = [{ asInt: '3', timeUnixNano: now, startTimeUnixNano: now, attributes }];
    const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
    const answer = await fetch(`${doors.applications}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics: [{ name: 'orders', sum }] }] }],
      }),
    });
    expect(answer.status).toBe(200);
    const seen = await until('the metric', 20_000, () => [...sink.sumsOf('orders').keys()][0]);
    expect(JSON.parse(seen)).toEqual([['user', '7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451']]);
  });

  test('reads the logs of the pods on this node', async () => {
    await until('the log to be asked for', 20_000, () => [...api.asked].find((path) => path.endsWith('/shop-1/log')));
    const sent = /^loki_write_sent_entries_total\{.*\} (\S+)$/gm;
    await until('the line to be written', 20_000, async () =>
      sum(await running.metrics(), sent) > 0 ? true : undefined,
    );
  });

  test('takes its own configuration again', async () => {
    expect(await running.reload()).toBe(200);
  });

  test('comes up healthy with every feature at once, and refuses spans for a while when there is no sampler', async () => {
    const [grpc, internal] = [await freePort(), await freePort()];
    const config = nodePipeline(stackOf(everything), {
      ...wiring,
      clusterName: 'eu-1',
      mimir: { remoteWrite: `${sink.url}/api/v1/push` },
      loki: { push: `${sink.url}/loki/api/v1/push` },
      sampler: { ...wiring.sampler, several: true, headless: 'nowhere.invalid' },
    });
    const full = await runAlloy(
      local(config, {
        '0.0.0.0:4317': `127.0.0.1:${grpc}`,
        '0.0.0.0:4319': `127.0.0.1:${internal}`,
        'http://lake.tools:4318': sink.url,
      }),
      { account: api.account, stability: minimumStability(config), env },
    );
    try {
      await until('all components to be healthy', 20_000, async () =>
        (await full.unhealthy()) === 0 ? true : undefined,
      );
      const trace = { id: traceId('refused'), fate: '', spans: [{ service: 'shop' }] };
      await expect(sendTraces(`http://127.0.0.1:${internal}`, [trace])).rejects.toThrow(/^Error: 503|^503/);
    } finally {
      await full.stop();
    }
  });
});

/** Stands for a sampler: takes spans where nodes send them and shows them to the sink. */
function forwarder(port: number, sink: string): string {
  return `
otelcol.receiver.otlp "nodes" {
	grpc {
		endpoint = "127.0.0.1:${port}"
	}
	output {
		traces = [otelcol.exporter.otlphttp.sink.input]
	}
}

otelcol.exporter.otlphttp "sink" {
	client {
		endpoint = "${sink}"
	}
}
`;
}
