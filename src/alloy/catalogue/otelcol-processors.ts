import { debugMetrics, output } from './otelcol-blocks.ts';
import { kind, shape, texts, type ComponentKind, type Shape, type Type } from './shape.ts';

type Arguments = Readonly<Record<string, Type>>;
type Blocks = Readonly<Record<string, Shape>>;

// Facts from internal/component/otelcol/{processor,connector}/** of Alloy 1.11.0.
function processor(args: Arguments, blocks: Blocks = {}): ComponentKind {
  const all = { ...blocks, 'output!': output, debug_metrics: debugMetrics };
  return kind(shape(args, all), { input: 'otelcol consumer' });
}

const extraction = shape({ tag_name: 'string', key: 'string', key_regex: 'string', from: 'string' });
const selection = shape({ 'key!': 'string', 'value!': 'string', op: 'string' });
const statements = shape({ 'context!': 'string', conditions: texts, 'statements!': texts, error_mode: 'string' });
const dimension = shape({ 'name!': 'string', default: 'string' });

const policyTypes: Blocks = {
  latency: shape({ 'threshold_ms!': 'number', upper_threshold_ms: 'number' }),
  numeric_attribute: shape({
    'key!': 'string',
    'min_value!': 'number',
    'max_value!': 'number',
    invert_match: 'boolean',
  }),
  probabilistic: shape({ hash_salt: 'string', 'sampling_percentage!': 'number' }),
  status_code: shape({ 'status_codes!': texts }),
  string_attribute: shape({
    'key!': 'string',
    'values!': texts,
    enabled_regex_matching: 'boolean',
    cache_max_size: 'number',
    invert_match: 'boolean',
  }),
  rate_limiting: shape({ 'spans_per_second!': 'number' }),
  span_count: shape({ 'min_spans!': 'number', max_spans: 'number' }),
  boolean_attribute: shape({ 'key!': 'string', 'value!': 'boolean', invert_match: 'boolean' }),
  ottl_condition: shape({ 'error_mode!': 'string', span: texts, spanevent: texts }),
  trace_state: shape({ 'key!': 'string', 'values!': texts }),
};
const policyHead: Arguments = { 'name!': 'string', 'type!': 'string' };
const and = shape({}, { 'and_sub_policy!*': shape(policyHead, policyTypes) });
const composite = shape(
  { 'max_total_spans_per_second!': 'number', 'policy_order!': texts },
  {
    'composite_sub_policy*': shape(policyHead, { ...policyTypes, and }),
    'rate_allocation*': shape({ 'policy!': 'string', 'percent!': 'number' }),
  },
);

export const processors: Readonly<Record<string, ComponentKind>> = {
  'otelcol.processor.memory_limiter': processor({
    'check_interval!': 'duration',
    limit: 'size',
    spike_limit: 'size',
    limit_percentage: 'number',
    spike_limit_percentage: 'number',
  }),
  'otelcol.processor.batch': processor({
    timeout: 'duration',
    send_batch_size: 'number',
    send_batch_max_size: 'number',
    metadata_keys: texts,
    metadata_cardinality_limit: 'number',
  }),
  'otelcol.processor.k8sattributes': processor(
    {
      auth_type: 'string',
      passthrough: 'boolean',
      wait_for_metadata: 'boolean',
      wait_for_metadata_timeout: 'duration',
    },
    {
      extract: shape(
        { metadata: texts, otel_annotations: 'boolean' },
        { 'annotation*': extraction, 'label*': extraction },
      ),
      filter: shape({ node: 'string', namespace: 'string' }, { 'field*': selection, 'label*': selection }),
      'pod_association*': shape({}, { 'source!*': shape({ 'from!': 'string', name: 'string' }) }),
      exclude: shape({}, { 'pod*': shape({ 'name!': 'string' }) }),
    },
  ),
  'otelcol.processor.transform': processor(
    { error_mode: 'string' },
    {
      statements: shape({ trace: texts, metric: texts, log: texts }),
      'trace_statements*': statements,
      'metric_statements*': statements,
      'log_statements*': statements,
    },
  ),
  'otelcol.processor.filter': processor(
    { error_mode: 'string' },
    {
      traces: shape({ span: texts, spanevent: texts }),
      metrics: shape({ metric: texts, datapoint: texts }),
      logs: shape({ log_record: texts }),
    },
  ),
  'otelcol.processor.tail_sampling': processor(
    {
      decision_wait: 'duration',
      num_traces: 'number',
      block_on_overflow: 'boolean',
      expected_new_traces_per_sec: 'number',
      decision_cache: 'any',
    },
    { 'policy!*': shape(policyHead, { ...policyTypes, and, composite }) },
  ),
  'otelcol.connector.spanmetrics': processor(
    {
      exclude_dimensions: texts,
      dimensions_cache_size: 'number',
      resource_metrics_cache_size: 'number',
      resource_metrics_key_attributes: texts,
      aggregation_cardinality_limit: 'number',
      aggregation_temporality: 'string',
      metrics_flush_interval: 'duration',
      metrics_expiration: 'duration',
      metric_timestamp_cache_size: 'number',
      namespace: 'string',
      include_instrumentation_scope: texts,
    },
    {
      'dimension*': dimension,
      'calls_dimension*': dimension,
      'histogram!': shape(
        { disable: 'boolean', unit: 'string' },
        {
          'dimension*': dimension,
          exponential: shape({ max_size: 'number' }),
          explicit: shape({ buckets: { listOf: 'duration' } }),
        },
      ),
      exemplars: shape({ enabled: 'boolean', max_per_data_point: 'number' }),
      events: shape({ enabled: 'boolean' }, { 'dimension*': dimension }),
    },
  ),
  'otelcol.connector.servicegraph': processor(
    {
      latency_histogram_buckets: { listOf: 'duration' },
      dimensions: texts,
      cache_loop: 'duration',
      store_expiration_loop: 'duration',
      metrics_flush_interval: 'duration',
      database_name_attributes: texts,
    },
    { store: shape({ max_items: 'number', ttl: 'duration' }) },
  ),
};
