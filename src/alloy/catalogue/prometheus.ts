import { kind, listOf, mapOf, open, shape, texts, type ComponentKind, type Shape, type Type } from './shape.ts';

// Facts from internal/component/{prometheus,discovery,local,remote,common}/** of Alloy 1.11.0.
export const httpClientArguments: Readonly<Record<string, Type>> = {
  bearer_token: 'secret',
  bearer_token_file: 'string',
  proxy_url: 'string',
  no_proxy: 'string',
  proxy_from_environment: 'boolean',
  proxy_connect_header: 'any',
  follow_redirects: 'boolean',
  enable_http2: 'boolean',
  http_headers: 'any',
};

export const httpClientBlocks: Readonly<Record<string, Shape>> = {
  basic_auth: shape({ username: 'string', password: 'secret', password_file: 'string' }),
  authorization: shape({ type: 'string', credentials: 'secret', credentials_file: 'string' }),
  oauth2: open,
  tls_config: open,
};

const rule = shape({
  source_labels: texts,
  separator: 'string',
  regex: 'string',
  modulus: 'number',
  target_label: 'string',
  replacement: 'string',
  action: 'string',
});

const clustering = shape({ 'enabled!': 'boolean' });

export const kubernetesClient = shape(
  { api_server: 'string', kubeconfig_file: 'string', ...httpClientArguments },
  httpClientBlocks,
);

const endpoint = shape(
  {
    name: 'string',
    'url!': 'string',
    remote_timeout: 'duration',
    headers: mapOf('string'),
    send_exemplars: 'boolean',
    send_native_histograms: 'boolean',
    protobuf_message: 'string',
    ...httpClientArguments,
  },
  {
    ...httpClientBlocks,
    queue_config: shape({
      capacity: 'number',
      max_shards: 'number',
      min_shards: 'number',
      max_samples_per_send: 'number',
      batch_send_deadline: 'duration',
      min_backoff: 'duration',
      max_backoff: 'duration',
      retry_on_http_429: 'boolean',
      sample_age_limit: 'duration',
    }),
    metadata_config: shape({ send: 'boolean', send_interval: 'duration', max_samples_per_send: 'number' }),
    'write_relabel_config*': rule,
    sigv4: open,
    azuread: open,
  },
);

const scrape: Readonly<Record<string, Type>> = {
  'targets!': 'targets',
  'forward_to!': listOf('prometheus receiver'),
  job_name: 'string',
  honor_labels: 'boolean',
  honor_timestamps: 'boolean',
  track_timestamps_staleness: 'boolean',
  params: mapOf(texts),
  scrape_classic_histograms: 'boolean',
  scrape_native_histograms: 'boolean',
  scrape_failure_log_file: 'string',
  scrape_interval: 'duration',
  scrape_timeout: 'duration',
  scrape_protocols: texts,
  metrics_path: 'string',
  scheme: 'string',
  body_size_limit: 'size',
  sample_limit: 'number',
  target_limit: 'number',
  label_limit: 'number',
  label_name_length_limit: 'number',
  label_value_length_limit: 'number',
  extra_metrics: 'boolean',
  enable_protobuf_negotiation: 'boolean',
  metric_name_validation_scheme: 'string',
  metric_name_escaping_scheme: 'string',
  scrape_fallback_protocol: 'string',
  convert_classic_histograms_to_nhcb: 'boolean',
  enable_compression: 'boolean',
  native_histogram_bucket_limit: 'number',
  native_histogram_min_bucket_factor: 'number',
  honor_metadata: 'boolean',
};

export const prometheus: Readonly<Record<string, ComponentKind>> = {
  'prometheus.scrape': kind(shape({ ...scrape, ...httpClientArguments }, { ...httpClientBlocks, clustering })),
  'prometheus.exporter.self': kind(shape({}), { targets: 'targets' }),
  'prometheus.remote_write': kind(
    shape(
      { external_labels: mapOf('string') },
      {
        'endpoint*': endpoint,
        wal: shape({
          truncate_frequency: 'duration',
          min_keepalive_time: 'duration',
          max_keepalive_time: 'duration',
        }),
      },
    ),
    { receiver: 'prometheus receiver' },
  ),
  'prometheus.relabel': kind(
    shape({ 'forward_to!': listOf('prometheus receiver'), max_cache_size: 'number' }, { 'rule*': rule }),
    { receiver: 'prometheus receiver', rules: 'relabel rules' },
  ),
  'discovery.kubernetes': kind(
    shape(
      { 'role!': 'string', api_server: 'string', kubeconfig_file: 'string', ...httpClientArguments },
      {
        ...httpClientBlocks,
        namespaces: shape({ own_namespace: 'boolean', names: texts }),
        'selectors*': shape({ 'role!': 'string', label: 'string', field: 'string' }),
        attach_metadata: shape({ node: 'boolean' }),
      },
    ),
    { targets: 'targets' },
  ),
  'discovery.relabel': kind(shape({ 'targets!': 'targets' }, { 'rule*': rule }), {
    output: 'targets',
    rules: 'relabel rules',
  }),
  'local.file': kind(
    shape({ 'filename!': 'string', detector: 'string', poll_frequency: 'duration', is_secret: 'boolean' }),
    { content: 'contents' },
  ),
};
