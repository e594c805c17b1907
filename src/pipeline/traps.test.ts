import { describe, expect, test } from '@jest/globals';
import type { AlloyConfig } from '../alloy/index.ts';
import { marks } from './marks.ts';
import { nodePipeline } from './node.ts';
import { samplerPipeline } from './sampler.ts';
import { stackOf, wiring } from './stack.fixture.ts';
import { componentsOf, textOf, valuesOf } from './tree.fixture.ts';

const stack = stackOf();
const node = nodePipeline(stack, wiring);
const several = nodePipeline(stack, { ...wiring, sampler: { ...wiring.sampler, several: true } });
const sampler = samplerPipeline(stack, wiring);

/** Components a signal passes before it reaches one, nearest first. */
function before(config: AlloyConfig, id: string): readonly string[] {
  const into = config
    .filter((each) => each.kind === 'block')
    .filter((each) => ['traces', 'metrics', 'logs'].some((way) => valuesOf(each, way).join().includes(`${id}.input`)));
  return into.flatMap((each) => [`${each.name}.${each.label}`, ...before(config, `${each.name}.${each.label}`)]);
}

describe('on the node', () => {
  test('memory is limited before anything else', () => {
    for (const label of ['applications', 'internal']) {
      const receiver = componentsOf(node, 'otelcol.receiver.otlp').get(label);
      for (const signal of ['traces', 'metrics', 'logs']) {
        expect(receiver && valuesOf(receiver, signal)).toEqual(['[otelcol.processor.memory_limiter.intake.input]']);
      }
    }
  });

  test('pods are looked up right after, while the address of the sender is known, and only those of this node', () => {
    expect(before(node, 'otelcol.processor.k8sattributes.pods')).toContain('otelcol.processor.memory_limiter.intake');
    expect(before(node, 'otelcol.processor.k8sattributes.pods').join()).not.toContain('batch');
    expect(textOf(node, 'otelcol.processor.k8sattributes', 'pods')).toContain('node = sys.env("K8S_NODE_NAME")');
  });

  test('nothing asks for rights beyond pods, their logs and replica sets', () => {
    const extract = textOf(node, 'otelcol.processor.k8sattributes', 'pods');
    expect(extract).not.toMatch(/cronjob|k8s\.node\.uid|k8s\.namespace\.uid|label \{|annotation \{/);
    for (const found of componentsOf(node, 'discovery.kubernetes').values()) {
      expect(valuesOf(found, 'role')).toEqual(['"pod"', '"pod"']);
      expect(valuesOf(found, 'field')).toEqual(['"spec.nodeName=" + sys.env("K8S_NODE_NAME")']);
    }
    expect(textOf(several, 'otelcol.exporter.loadbalancing', 'samplers')).not.toContain('kubernetes');
  });

  test('traces go by trace id to the addresses behind a headless name, asked for every 5 s', () => {
    const routing = textOf(several, 'otelcol.exporter.loadbalancing', 'samplers');
    expect(routing).toContain('routing_key = "traceID"');
    expect(routing).toMatch(
      /dns \{\s+hostname = "demo-alloy-sampler.observability.svc"\s+port\s+= "4317"\s+interval = "5s"/,
    );
  });

  test('an only sampler is watched, not asked for: its name answers with nothing once it goes, and the old address stays', () => {
    const routing = textOf(node, 'otelcol.exporter.loadbalancing', 'samplers');
    expect(routing).toContain('routing_key = "traceID"');
    expect(routing).toMatch(
      /kubernetes \{\s+service = "demo-alloy-sampler.observability"\s+ports\s+= \[4317\]\s+timeout = "5m"/,
    );
    expect(routing).not.toContain('dns');
  });

  test('with several samplers the queue stands behind the routing, so that one that fails is tried alone', () => {
    const routing = textOf(several, 'otelcol.exporter.loadbalancing', 'samplers');
    expect(routing).not.toContain('sending_queue');
    expect(routing).toMatch(/queue \{\s+queue_size/);
    const one = textOf(node, 'otelcol.exporter.loadbalancing', 'samplers');
    expect(one).toMatch(/sending_queue \{\s+queue_size/);
    expect(one).toMatch(/queue \{\s+enabled = false/);
  });

  test('an instance is given where the application named none, so that two pods are two series', () => {
    for (const statements of ['trace_statements', 'metric_statements', 'log_statements']) {
      expect(textOf(node, 'otelcol.processor.transform', 'resource')).toMatch(
        new RegExp(
          `${statements} \\{[^}]*attributes\\["service.instance.id"\\], resource.attributes\\["k8s.pod.uid"\\]\\) where`,
        ),
      );
    }
  });

  test('the internal door is open whatever the spec closes', () => {
    const closed = nodePipeline(stackOf({ collection: { receivers: { otlp: { grpc: true, http: false } } } }), wiring);
    expect(textOf(closed, 'otelcol.receiver.otlp', 'applications')).not.toContain('4318');
    expect(textOf(closed, 'otelcol.receiver.otlp', 'internal')).toContain('"0.0.0.0:4319"');
  });

  test('each pod of the stack is scraped once, by the Alloy of its node and under its own name', () => {
    const relabel = textOf(node, 'discovery.relabel', 'components');
    expect(relabel).toMatch(/regex\s+= "tempo;\(\.\+\)"\s+target_label\s+= "__address__"\s+replacement\s+= "\$1:3200"/);
    for (const label of ['job', 'instance', 'node']) expect(relabel).toContain(`"${label}"`);
    expect(textOf(node, 'prometheus.scrape', 'components')).not.toContain('.svc');
  });
});

describe('in the sampler', () => {
  test('every replica writes under its own name, since several write the same series', () => {
    expect(textOf(sampler, 'prometheus.remote_write', 'metrics')).toContain('sampler = constants.hostname');
  });

  test('span metrics of one service are one stream, so that none overwrites another', () => {
    const red = textOf(sampler, 'otelcol.connector.spanmetrics', 'red');
    expect(red).toContain(
      'resource_metrics_key_attributes = ["service.name", "service.namespace", "k8s.namespace.name"]',
    );
    expect(red).toContain('name = "k8s.deployment.name"');
    expect(textOf(sampler, 'otelcol.exporter.prometheus', 'red')).toContain('include_target_info  = false');
    expect(textOf(sampler, 'otelcol.processor.transform', 'red')).toContain(
      'keep_keys(resource.attributes, ["service.name"',
    );
  });

  test('spans are counted before sampling', () => {
    expect(before(sampler, 'otelcol.connector.spanmetrics.red').join()).not.toContain('tail_sampling');
    expect(before(sampler, 'otelcol.connector.servicegraph.red').join()).not.toContain('tail_sampling');
  });

  test('neither the canary nor the agent’s own spans are counted', () => {
    const filter = textOf(sampler, 'otelcol.processor.filter', 'applications');
    expect(filter).toContain('resource.attributes["service.name"] == "ostack-canary"');
    expect(filter).toContain('resource.attributes["telemetry.sdk.name"] == "ostack-agent"');
    expect(before(sampler, 'otelcol.processor.tail_sampling.keep').join()).not.toContain('filter');
  });

  test('missing, null or empty statements keep everything instead of nothing', () => {
    expect(textOf(sampler, 'otelcol.processor.transform', 'decide')).toContain(
      'statements = coalesce(encoding.from_json(local.file.sampling.content)["statements"], ' +
        `[\`set(span.attributes["${marks.share}"], true)\`])`,
    );
  });

  test('a mark that an application sends decides nothing, and no mark leaves', () => {
    const decide = textOf(sampler, 'otelcol.processor.transform', 'decide');
    const unmark = textOf(sampler, 'otelcol.processor.transform', 'unmark');
    for (const mark of Object.values(marks)) {
      for (const context of ['resource', 'span'])
        expect(decide).toContain(`delete_key(${context}.attributes, "${mark}")`);
      expect(unmark).toContain(`delete_key(span.attributes, "${mark}")`);
    }
    expect(decide.indexOf('delete_key')).toBeLessThan(decide.indexOf('coalesce'));
  });

  test('the sampler is static: nothing in it is read from the data', () => {
    const keep = textOf(sampler, 'otelcol.processor.tail_sampling', 'keep');
    expect(keep).not.toContain('local.file');
    expect(keep).toContain('decision_cache = encoding.from_json(');
    expect(keep).not.toContain('probabilistic');
  });

  test('a dropped route vetoes the share of its trace and nothing else', () => {
    const keep = textOf(sampler, 'otelcol.processor.tail_sampling', 'keep');
    const [, and = ''] = keep.split('type = "and"');
    expect(and.slice(0, and.indexOf('name = "observe"'))).toContain('invert_match = true');
    expect(keep.split('invert_match')).toHaveLength(2);
    // Alloy 1.11 takes invert_match for a boolean and forgets it.
    expect(keep).not.toMatch(/boolean_attribute \{[^}]*invert_match/);
  });

  test('the limit is asked last and lets its number through', () => {
    const limited = samplerPipeline(stackOf({ sampling: { limit: { spansPerSecond: 100 } } }), wiring);
    const keep = textOf(limited, 'otelcol.processor.tail_sampling', 'keep');
    expect(keep.indexOf('within-limit')).toBeGreaterThan(keep.indexOf('not-dropped'));
    expect(keep).toContain('spans_per_second = 101');
    expect(textOf(sampler, 'otelcol.processor.tail_sampling', 'keep')).not.toContain('rate_limiting');
  });

  test('what is kept is batched after sampling, as it comes trace by trace', () => {
    expect(before(sampler, 'otelcol.exporter.otlp.tempo')[0]).toBe('otelcol.processor.batch.traces');
    expect(before(sampler, 'otelcol.processor.batch.traces')).toContain('otelcol.processor.tail_sampling.keep');
  });

  test('a backend that was away is caught up with soon', () => {
    expect(textOf(sampler, 'otelcol.exporter.otlp', 'tempo')).toContain('max_interval     = "5s"');
    expect(textOf(node, 'otelcol.exporter.otlphttp', 'loki')).toContain('max_interval     = "5s"');
    expect(textOf(node, 'prometheus.remote_write', 'metrics')).toContain('max_backoff       = "5s"');
  });
});

test('exemplars and native histograms reach Mimir from both', () => {
  for (const config of [node, sampler]) {
    const writer = textOf(config, 'prometheus.remote_write', 'metrics');
    expect(writer).toContain('send_exemplars         = true');
    expect(writer).toContain('send_native_histograms = true');
  }
  expect(textOf(sampler, 'otelcol.connector.spanmetrics', 'red')).toContain('exponential { }');
});

test('the cluster is on every signal when it has a name', () => {
  const named = { ...wiring, clusterName: 'eu-1' };
  const config = nodePipeline(stack, named);
  expect(textOf(config, 'otelcol.processor.transform', 'resource')).toContain(
    'set(resource.attributes["k8s.cluster.name"], "eu-1")',
  );
  expect(textOf(config, 'loki.write', 'loki')).toContain('k8s_cluster_name = "eu-1"');
  for (const each of [config, samplerPipeline(stack, named)]) {
    expect(textOf(each, 'prometheus.remote_write', 'metrics')).toMatch(/cluster\s+= "eu-1"/);
  }
  expect(textOf(node, 'otelcol.processor.transform', 'resource')).not.toContain('k8s.cluster.name');
});
