import { listOf, mapOf, open, shape, texts } from './shape.ts';

// Facts from internal/component/otelcol/config_*.go of Alloy 1.11.0.
const consumers = listOf('otelcol consumer');

export const output = shape({ metrics: consumers, logs: consumers, traces: consumers });

export const debugMetrics = shape({ disable_high_cardinality_metrics: 'boolean', level: 'string' });

const keepalive = shape({ ping_wait: 'duration', ping_response_timeout: 'duration', ping_without_stream: 'boolean' });

const tls = shape(
  {
    ca_pem: 'string',
    ca_file: 'string',
    cert_pem: 'string',
    cert_file: 'string',
    key_pem: 'secret',
    key_file: 'string',
    min_version: 'string',
    max_version: 'string',
    reload_interval: 'duration',
    cipher_suites: texts,
    include_system_ca_certs_pool: 'boolean',
    curve_preferences: texts,
    insecure: 'boolean',
    insecure_skip_verify: 'boolean',
    server_name: 'string',
  },
  { tpm: open },
);

const clientArguments = {
  compression: 'string',
  read_buffer_size: 'size',
  write_buffer_size: 'size',
  headers: mapOf('string'),
  auth: 'otelcol auth',
} as const;

const grpcArguments = {
  ...clientArguments,
  wait_for_ready: 'boolean',
  balancer_name: 'string',
  authority: 'string',
} as const;

export const grpcClient = shape({ 'endpoint!': 'string', ...grpcArguments }, { tls, keepalive });

/** The endpoint comes from the resolver. */
export const balancedClient = shape(grpcArguments, { tls, keepalive });

export const httpClient = shape(
  {
    'endpoint!': 'string',
    ...clientArguments,
    proxy_url: 'string',
    timeout: 'duration',
    max_idle_conns: 'number',
    max_idle_conns_per_host: 'number',
    max_conns_per_host: 'number',
    idle_conn_timeout: 'duration',
    disable_keep_alives: 'boolean',
    http2_read_idle_timeout: 'duration',
    http2_ping_timeout: 'duration',
  },
  { tls, compression_params: shape({ 'level!': 'number' }), cookies: shape({ enabled: 'boolean' }) },
);

export const grpcServer = shape(
  {
    endpoint: 'string',
    transport: 'string',
    max_recv_msg_size: 'size',
    max_concurrent_streams: 'number',
    read_buffer_size: 'size',
    write_buffer_size: 'size',
    auth: 'otelcol auth',
    include_metadata: 'boolean',
  },
  { tls: open, keepalive: open },
);

export const httpServer = shape(
  {
    endpoint: 'string',
    auth: 'otelcol auth',
    max_request_body_size: 'size',
    include_metadata: 'boolean',
    compression_algorithms: texts,
    traces_url_path: 'string',
    metrics_url_path: 'string',
    logs_url_path: 'string',
  },
  { tls: open, cors: shape({ allowed_origins: texts, allowed_headers: texts, max_age: 'number' }) },
);

export const queue = shape(
  {
    enabled: 'boolean',
    num_consumers: 'number',
    queue_size: 'number',
    block_on_overflow: 'boolean',
    sizer: 'string',
    wait_for_result: 'boolean',
    storage: 'otelcol storage',
  },
  { batch: shape({ flush_timeout: 'duration', min_size: 'number', max_size: 'number', sizer: 'string' }) },
);

export const retry = shape({
  enabled: 'boolean',
  initial_interval: 'duration',
  randomization_factor: 'number',
  multiplier: 'number',
  max_interval: 'duration',
  max_elapsed_time: 'duration',
});
