import {
  balancedClient,
  debugMetrics,
  grpcClient,
  grpcServer,
  httpClient,
  httpServer,
  output,
  queue,
  retry,
} from './otelcol-blocks.ts';
import { kind, listOf, open, shape, type ComponentKind } from './shape.ts';

// Facts from internal/component/otelcol/{receiver,exporter,auth,storage}/** of Alloy 1.11.0.
const input = { input: 'otelcol consumer' } as const;
const delivery = { sending_queue: queue, retry_on_failure: retry, debug_metrics: debugMetrics } as const;

export const ends: Readonly<Record<string, ComponentKind>> = {
  'otelcol.receiver.otlp': kind(
    shape({}, { grpc: grpcServer, http: httpServer, 'output!': output, debug_metrics: debugMetrics }),
  ),
  'otelcol.receiver.loki': kind(shape({}, { 'output!': output }), { receiver: 'loki receiver' }),
  'otelcol.receiver.prometheus': kind(shape({}, { 'output!': output, debug_metrics: debugMetrics }), {
    receiver: 'prometheus receiver',
  }),
  'otelcol.exporter.otlp': kind(shape({ timeout: 'duration' }, { ...delivery, 'client!': grpcClient }), input),
  'otelcol.exporter.otlphttp': kind(
    shape(
      { traces_endpoint: 'string', metrics_endpoint: 'string', logs_endpoint: 'string', encoding: 'string' },
      { ...delivery, 'client!': httpClient },
    ),
    input,
  ),
  'otelcol.exporter.loadbalancing': kind(
    shape(
      { routing_key: 'string', timeout: 'duration' },
      {
        ...delivery,
        'resolver!': shape(
          {},
          {
            static: shape({ 'hostnames!': listOf('string') }),
            dns: shape({ 'hostname!': 'string', port: 'string', interval: 'duration', timeout: 'duration' }),
            kubernetes: shape({
              'service!': 'string',
              ports: listOf('number'),
              timeout: 'duration',
              return_hostnames: 'boolean',
            }),
            aws_cloud_map: open,
          },
        ),
        'protocol!': shape(
          {},
          { 'otlp!': shape({ timeout: 'duration' }, { queue, retry, 'client!': balancedClient }) },
        ),
      },
    ),
    input,
  ),
  'otelcol.exporter.prometheus': kind(
    shape({
      include_target_info: 'boolean',
      include_scope_info: 'boolean',
      include_scope_labels: 'boolean',
      gc_frequency: 'duration',
      'forward_to!': listOf('prometheus receiver'),
      add_metric_suffixes: 'boolean',
      resource_to_telemetry_conversion: 'boolean',
    }),
    input,
  ),
  'otelcol.exporter.loki': kind(shape({ 'forward_to!': listOf('loki receiver') }), input),
  'otelcol.auth.headers': kind(
    shape(
      {},
      {
        'header*': shape({
          'key!': 'string',
          value: 'secret',
          from_context: 'string',
          from_attribute: 'string',
          action: 'string',
        }),
        debug_metrics: debugMetrics,
      },
    ),
    { handler: 'otelcol auth' },
  ),
  'otelcol.storage.file': kind(
    shape(
      {
        directory: 'string',
        timeout: 'duration',
        fsync: 'boolean',
        create_directory: 'boolean',
        directory_permissions: 'string',
      },
      {
        compaction: shape({
          on_start: 'boolean',
          on_rebound: 'boolean',
          directory: 'string',
          rebound_needed_threshold_mib: 'number',
          rebound_trigger_threshold_mib: 'number',
          max_transaction_size: 'number',
          check_interval: 'duration',
          cleanup_on_start: 'boolean',
        }),
        debug_metrics: debugMetrics,
      },
    ),
    { handler: 'otelcol storage' },
  ),
};
