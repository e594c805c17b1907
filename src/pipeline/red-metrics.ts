import type { Stack } from '../api/index.ts';
import { block, component, ref, type Block, type Expression } from '../alloy/index.ts';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import { metricsReceiver } from './metrics-writer.ts';
import { agentSdk, canaryService } from './marks.ts';
import { literal, resourceIs } from './ottl.ts';
import { output } from './output.ts';
import type { Targets } from './targets.ts';
import { transform } from './transform.ts';

type SpanMetrics = Stack['spec']['collection']['spanMetrics'];

const workload = ['k8s.namespace.name', 'k8s.deployment.name', 'k8s.statefulset.name', 'k8s.daemonset.name'];
const identity = ['service.name', 'service.namespace', ...workload];
const flush = { metrics_flush_interval: '5s' };

/** The input of `redMetrics`. */
export const redInput: Expression = ref('otelcol.processor.filter.applications.input');

/** Rate, errors, duration and the service graph, counted from every span before sampling. */
export function redMetrics(spanMetrics: SpanMetrics, targets: Targets, sinkInputs: readonly Expression[]): Block[] {
  const series = targets.remoteWrites.length > 0;
  const metrics = [...(series ? [ref('otelcol.exporter.prometheus.red.input')] : []), ...sinkInputs];
  return [
    applicationsOnly(),
    plainResource(spanMetrics.dimensions),
    spanMetricsConnector(spanMetrics, metrics),
    serviceGraph(metrics),
    ...(series
      ? [
          component('otelcol.exporter.prometheus', 'red', {
            include_target_info: false,
            include_scope_labels: false,
            forward_to: [metricsReceiver],
          }),
        ]
      : []),
  ];
}

/** The agent has counted its own spans, and the canary is no traffic. */
function applicationsOnly(): Block {
  return component(
    'otelcol.processor.filter',
    'applications',
    { error_mode: 'ignore' },
    block('traces', { span: [resourceIs('service.name', canaryService), resourceIs('telemetry.sdk.name', agentSdk)] }),
    output({ traces: [ref('otelcol.processor.transform.red.input')] }),
  );
}

/** Leaves of the resource only what tells series apart; an instance would be that of whichever pod came first. */
function plainResource(dimensions: readonly string[]): Block {
  const kept = [...new Set([...identity, ...dimensions])].map(literal).join(', ');
  return transform(
    'red',
    { traces: [{ context: 'resource', statements: [`keep_keys(resource.attributes, [${kept}])`] }] },
    { traces: [ref('otelcol.connector.spanmetrics.red.input'), ref('otelcol.connector.servicegraph.red.input')] },
  );
}

function spanMetricsConnector(
  { dimensions, buckets, seriesLimit }: SpanMetrics,
  metrics: readonly Expression[],
): Block {
  const labels = [...new Set(['service.namespace', ...workload, ...dimensions])];
  return component(
    'otelcol.connector.spanmetrics',
    'red',
    {
      namespace: 'traces.spanmetrics',
      ...flush,
      metrics_expiration: '1h',
      aggregation_cardinality_limit: seriesLimit,
      // Streams of one service land on one series in Prometheus, where the last one written would win.
      resource_metrics_key_attributes: ['service.name', 'service.namespace', 'k8s.namespace.name'],
      // Above it the counters of a whole service start again.
      resource_metrics_cache_size: 10_000,
    },
    ...labels.map((name) => block('dimension', { name })),
    block(
      'histogram',
      { unit: 's' },
      buckets.length === 0 ? block('exponential') : block('explicit', { buckets: buckets.map(goDuration) }),
    ),
    block('exemplars', { enabled: true, max_per_data_point: 5 }),
    output({ metrics }),
  );
}

/** Both ends of a call wait for each other here; the defaults (1,000 for 2 s) lose edges as soon as there is load. */
function serviceGraph(metrics: readonly Expression[]): Block {
  return component(
    'otelcol.connector.servicegraph',
    'red',
    { ...flush, database_name_attributes: ['db.namespace', 'db.name', 'db.system.name', 'db.system'] },
    // An SDK holds a span for five seconds and a loaded one longer; a half that gives up too soon is an edge to nowhere.
    block('store', { max_items: 50_000, ttl: '30s' }),
    output({ metrics }),
  );
}

function goDuration(text: string): string {
  return formatDuration(parseDuration(text) ?? 0);
}
