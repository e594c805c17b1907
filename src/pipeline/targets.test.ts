import { describe, expect, test } from '@jest/globals';
import { checkWiring, minimumStability, parseAlloy, printAlloy } from '../alloy/index.ts';
import { nodePipeline } from './node.ts';
import { samplerPipeline } from './sampler.ts';
import { everything, stackOf, wiring } from './stack.fixture.ts';
import { componentsOf, textOf } from './tree.fixture.ts';

const sinks = {
  none: [],
  traces: [{ name: 'out', endpoint: 'otlp.example.com:4317', signals: ['traces'] }],
  metrics: [{ name: 'out', endpoint: 'otlp.example.com:4317', signals: ['metrics'] }],
  all: everything.collection.exportTo,
};
const flags = [true, false];
const combinations = flags.flatMap((traces) =>
  flags.flatMap((metrics) =>
    flags.flatMap((logs) =>
      flags.flatMap((central) =>
        (Object.keys(sinks) as (keyof typeof sinks)[]).map((exportTo) => ({
          traces,
          metrics,
          logs,
          central,
          exportTo,
        })),
      ),
    ),
  ),
);
// A stack that sends nothing anywhere is refused before it comes here.
const possible = combinations.filter(
  ({ traces, metrics, logs, central, exportTo }) => traces || metrics || logs || central || exportTo !== 'none',
);
const specOf = ({ traces, metrics, logs, central, exportTo }: (typeof combinations)[number]) => ({
  traces: { backend: traces ? 'Tempo' : 'None' },
  metrics: {
    backend: metrics ? 'Mimir' : 'None',
    remoteWrite: central ? [{ name: 'mimir', url: 'https://central.example.com/push' }] : [],
  },
  logs: { backend: logs ? 'Loki' : 'None' },
  collection: { exportTo: sinks[exportTo] },
  grafana: { enabled: false },
});

describe('whatever ends a stack has, both configurations hang together', () => {
  test.each(possible)('%j', (combination) => {
    const stack = stackOf(specOf(combination));
    for (const config of [nodePipeline(stack, wiring), samplerPipeline(stack, wiring)]) {
      expect(checkWiring(config)).toEqual([]);
      expect(parseAlloy(printAlloy(config))).toEqual({ ok: true, config });
    }
  });
});

test('a signal that ends nowhere is not received and leaves no component behind', () => {
  const logsOnly = stackOf({ traces: { backend: 'None' }, metrics: { backend: 'None' } });
  const node = nodePipeline(logsOnly, wiring);
  const sampler = samplerPipeline(logsOnly, wiring);
  for (const label of ['applications', 'internal']) {
    expect(textOf(node, 'otelcol.receiver.otlp', label)).not.toMatch(/traces +=|metrics +=/);
  }
  expect(textOf(sampler, 'otelcol.receiver.otlp', 'nodes')).toContain('output { }');
  for (const gone of [
    'otelcol.exporter.loadbalancing',
    'otelcol.exporter.otlp',
    'otelcol.exporter.prometheus',
    'prometheus.remote_write',
    'prometheus.scrape',
    'otelcol.connector.spanmetrics',
    'otelcol.connector.servicegraph',
    'otelcol.processor.tail_sampling',
  ]) {
    expect([...componentsOf(node, gone).keys(), ...componentsOf(sampler, gone).keys()]).toEqual([]);
  }
  const noLogs = nodePipeline(stackOf({ logs: { backend: 'None' } }), wiring);
  for (const gone of ['otelcol.exporter.otlphttp', 'loki.source.kubernetes', 'loki.process', 'loki.write']) {
    expect([...componentsOf(noLogs, gone).keys()]).toEqual([]);
  }
});

test('without a trace backend spans are still counted, and sampled for nobody', () => {
  const sampler = samplerPipeline(stackOf({ traces: { backend: 'None' } }), wiring);
  expect(componentsOf(sampler, 'otelcol.connector.spanmetrics').size).toBe(1);
  expect(componentsOf(sampler, 'otelcol.processor.tail_sampling').size).toBe(0);
  expect(componentsOf(sampler, 'local.file').size).toBe(0);
});

test('further sinks take what the spec names: traces after sampling, metrics and logs on the node', () => {
  const stack = stackOf({ ...everything, collection: { ...everything.collection, redaction: [] } });
  const node = nodePipeline(stack, wiring);
  const sampler = samplerPipeline(stack, wiring);
  expect(textOf(node, 'otelcol.processor.filter', 'export')).toContain(
    'metrics = [otelcol.exporter.otlp.export_vendor.input]',
  );
  expect(textOf(node, 'otelcol.processor.filter', 'export')).toContain(
    'logs    = [otelcol.exporter.otlp.export_vendor.input, otelcol.exporter.otlphttp.export_lake.input]',
  );
  expect(textOf(sampler, 'otelcol.processor.batch', 'traces')).toContain(
    'traces = [otelcol.exporter.otlp.tempo.input, otelcol.processor.filter.export.input]',
  );
  expect(textOf(node, 'loki.process', 'pods')).toContain('otelcol.receiver.loki.pod_logs.receiver');
});

test('the canary never leaves for a sink of the user', () => {
  const stack = stackOf(everything);
  for (const config of [nodePipeline(stack, wiring), samplerPipeline(stack, wiring)]) {
    const text = textOf(config, 'otelcol.processor.filter', 'export');
    expect(text).toContain('resource.attributes["service.name"] == "ostack-canary"');
  }
});

test('a sink’s authorization is read from the environment and not written down', () => {
  const text = textOf(samplerPipeline(stackOf(everything), wiring), 'otelcol.auth.headers', 'export_vendor');
  expect(text).toContain('sys.env("OSTACK_EXPORT_VENDOR_AUTHORIZATION")');
});

test('only a persistent buffer needs a component that is not generally available', () => {
  const persistent = stackOf({ collection: { buffer: { persistent: true, size: '10Gi' } } });
  expect(minimumStability(samplerPipeline(stackOf(), wiring))).toBe('generally-available');
  expect(minimumStability(nodePipeline(persistent, wiring))).toBe('generally-available');
  expect(minimumStability(samplerPipeline(persistent, wiring))).toBe('public-preview');
  const tempo = textOf(samplerPipeline(persistent, wiring), 'otelcol.exporter.otlp', 'tempo');
  expect(tempo).toContain('storage    = otelcol.storage.file.buffer.handler');
  expect(tempo).toContain(`queue_size = ${Math.floor(10 * 2 ** 30 * 0.4)}`);
});

test('with a persistent buffer all that a sampler sends waits on the volume, which its queues share, Tempo or not', () => {
  const collection = { ...everything.collection, buffer: { persistent: true, size: '10Gi' } };
  const queuesOf = (spec: object) => {
    const config = samplerPipeline(stackOf({ collection, ...spec }), wiring);
    expect(componentsOf(config, 'otelcol.storage.file').size).toBe(1);
    const exporters = ['otelcol.exporter.otlp', 'otelcol.exporter.otlphttp'].flatMap((name) =>
      [...componentsOf(config, name).keys()].map((label) => [label, textOf(config, name, label)] as const),
    );
    return exporters.map(([label, text]) => [
      label,
      Number(/queue_size = (\d+)/.exec(text)?.[1]),
      text.includes('otelcol.storage.file.buffer.handler'),
    ]);
  };
  const room = 10 * 2 ** 30 * 0.4;
  // Two of the sinks take traces, one of those span metrics too, which wait in a queue of their own.
  const share = Math.floor(room / 4);
  expect(queuesOf({})).toEqual([
    ['tempo', share, true],
    ['export_vendor', share, true],
    ['export_lake', share, true],
  ]);
  const others = Math.floor(room / 3);
  expect(queuesOf({ traces: { backend: 'None' } })).toEqual([
    ['export_vendor', others, true],
    ['export_lake', others, true],
  ]);
});

test('a volume nobody sends from is written by nobody, and alloy-node, which has none, waits in memory', () => {
  const spec = { traces: { backend: 'None' }, collection: { buffer: { persistent: true } } };
  expect(componentsOf(samplerPipeline(stackOf(spec), wiring), 'otelcol.storage.file').size).toBe(0);
  expect(printAlloy(nodePipeline(stackOf(everything), wiring))).not.toContain('otelcol.storage.file');
});

test('a spec’s numbers of sampling restart no sampler: only limit and decisionWait are in its configuration', () => {
  const { limit: _limit, decisionWait: _wait, ...data } = everything.sampling;
  expect(samplerOf(data)).toBe(samplerOf({}));
  expect(samplerOf({ decisionWait: '20s' })).not.toBe(samplerOf({}));
  expect(samplerOf({ limit: { spansPerSecond: 100 } })).not.toBe(samplerOf({}));
});

function samplerOf(sampling: object): string {
  return printAlloy(samplerPipeline(stackOf({ sampling }), wiring));
}
