/** A metric that reaches Mimir, as Prometheus knows it. */
export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'nativeHistogram';
  readonly from:
    'span metrics' | 'service graph' | 'agent' | 'alloy' | 'tempo' | 'mimir' | 'loki' | 'grafana' | 'scrape';
  /** Labels queries may use beside those every scraped or sampled series has. */
  readonly labels: readonly string[];
}

const spanLabels = ['service_name', 'service_namespace', 'k8s_namespace_name', 'span_name', 'span_kind', 'status_code'];
const edge = ['client', 'server', 'connection_type'];
const connection = ['service_name', 'connection_side', 'server_address', 'server_port'];

function all(
  from: Metric['from'],
  kind: Metric['kind'],
  labels: readonly string[],
  names: readonly string[],
): readonly Metric[] {
  return names.map((name) => ({ name, kind, from, labels }));
}

/**
 * Every metric a dashboard, a rule or a link may ask for. A histogram stands for its `_bucket`, `_sum` and `_count`; a
 * native histogram for its own name, and for those three where classic buckets are asked for.
 */
export const catalogue: readonly Metric[] = [
  ...all('span metrics', 'counter', spanLabels, ['traces_spanmetrics_calls_total']),
  ...all('span metrics', 'nativeHistogram', spanLabels, ['traces_spanmetrics_duration_seconds']),
  ...all('service graph', 'counter', edge, [
    'traces_service_graph_request_total',
    'traces_service_graph_request_failed_total',
  ]),
  ...all('service graph', 'histogram', edge, [
    'traces_service_graph_request_client_seconds',
    'traces_service_graph_request_server_seconds',
  ]),
  ...all(
    'alloy',
    'counter',
    ['policy', 'decision', 'sampled'],
    ['otelcol_processor_tail_sampling_count_traces_sampled_total'],
  ),
  ...all(
    'alloy',
    'counter',
    ['decision', 'sampled'],
    ['otelcol_processor_tail_sampling_global_count_traces_sampled_total'],
  ),
  ...all(
    'alloy',
    'counter',
    [],
    [
      'otelcol_processor_tail_sampling_new_trace_id_received_total',
      'otelcol_processor_tail_sampling_sampling_policy_evaluation_error_total',
      'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total',
    ],
  ),
  ...all('alloy', 'gauge', [], ['otelcol_processor_tail_sampling_sampling_traces_on_memory']),
  ...all(
    'alloy',
    'counter',
    ['component_id', 'transport'],
    [
      'otelcol_receiver_accepted_spans_total',
      'otelcol_receiver_accepted_metric_points_total',
      'otelcol_receiver_accepted_log_records_total',
      'otelcol_receiver_refused_spans_total',
      'otelcol_receiver_refused_metric_points_total',
      'otelcol_receiver_refused_log_records_total',
    ],
  ),
  ...all(
    'alloy',
    'counter',
    ['component_id', 'exporter'],
    ['otelcol_exporter_sent_spans_total', 'otelcol_exporter_send_failed_spans_total'],
  ),
  ...all(
    'alloy',
    'gauge',
    ['component_id', 'exporter'],
    ['otelcol_exporter_queue_size', 'otelcol_exporter_queue_capacity'],
  ),
  ...all('alloy', 'gauge', ['component_id'], ['otelcol_loadbalancer_num_backends']),
  ...all(
    'alloy',
    'counter',
    ['component_id', 'url'],
    [
      'prometheus_remote_storage_samples_total',
      'prometheus_remote_storage_samples_failed_total',
      'prometheus_remote_storage_samples_retried_total',
    ],
  ),
  ...all('alloy', 'gauge', ['component_id', 'url'], ['prometheus_remote_storage_samples_pending']),
  ...all(
    'alloy',
    'counter',
    ['component_id', 'host'],
    ['loki_write_sent_entries_total', 'loki_write_dropped_entries_total'],
  ),
  ...all('alloy', 'gauge', ['health_type'], ['alloy_component_controller_running_components']),
  ...all('scrape', 'gauge', [], ['up', 'process_resident_memory_bytes']),
  ...all('scrape', 'counter', [], ['process_cpu_seconds_total']),
  ...all(
    'agent',
    'gauge',
    [],
    [
      'ostack_agent_ready',
      'ostack_agent_targets',
      'ostack_agent_protection_step',
      'ostack_agent_memory_bytes',
      'ostack_agent_kernel_map_bytes',
      'ostack_agent_cpu_cores',
      'ostack_agent_config_problems',
    ],
  ),
  ...all('agent', 'counter', connection, ['tcp_connections_closed_total', 'tcp_connections_failed_total']),
  ...all('agent', 'counter', connection, ['tcp_connection_retransmits_total']),
  ...all('agent', 'counter', [...connection, 'network_io_direction'], ['tcp_connection_io_bytes_total']),
  ...all('agent', 'histogram', connection, ['tcp_connection_connect_duration_seconds', 'tcp_connection_rtt_seconds']),
  ...all('agent', 'counter', ['event'], ['ostack_agent_kernel_events_total']),
  ...all('agent', 'counter', ['service', 'state'], ['ostack_agent_socket_bytes_total']),
  ...all('tempo', 'counter', [], ['tempo_distributor_spans_received_total', 'tempo_distributor_bytes_received_total']),
  ...all('tempo', 'counter', ['reason'], ['tempo_discarded_spans_total']),
  ...all('tempo', 'gauge', [], ['tempo_ingester_live_traces']),
  ...all('mimir', 'counter', [], ['cortex_distributor_received_samples_total']),
  ...all('mimir', 'counter', ['reason'], ['cortex_discarded_samples_total']),
  ...all('mimir', 'gauge', [], ['cortex_ingester_memory_series']),
  ...all('loki', 'counter', [], ['loki_distributor_lines_received_total', 'loki_distributor_bytes_received_total']),
  ...all('loki', 'counter', ['reason'], ['loki_discarded_samples_total']),
  ...all('loki', 'gauge', [], ['loki_ingester_memory_streams']),
];
