import { httpClientArguments, httpClientBlocks, kubernetesClient } from './prometheus.ts';
import { kind, listOf, mapOf, open, shape, texts, type ComponentKind, type Shape } from './shape.ts';

// Facts from internal/component/loki/** of Alloy 1.11.0.
const receivers = { 'forward_to!': listOf('loki receiver') } as const;

const known: Readonly<Record<string, Shape>> = {
  regex: shape({ 'expression!': 'string', source: 'string', labels_from_groups: 'boolean' }),
  json: shape({ 'expressions!': mapOf('string'), source: 'string', drop_malformed: 'boolean' }),
  labels: shape({ 'values!': mapOf('string') }),
  static_labels: shape({ 'values!': mapOf('string') }),
  structured_metadata: shape({ 'values!': mapOf('string') }),
  label_drop: shape({ 'values!': texts }),
  label_keep: shape({ 'values!': texts }),
};

const unchecked = [
  'cri',
  'decolorize',
  'docker',
  'drop',
  'eventlogmessage',
  'geoip',
  'limit',
  'logfmt',
  'luhn',
  'match',
  'metrics',
  'multiline',
  'output',
  'pack',
  'pattern',
  'replace',
  'sampling',
  'template',
  'tenant',
  'timestamp',
  'windowsevent',
];

const stages = Object.fromEntries([
  ...Object.entries(known).map(([name, inner]) => [`stage.${name}*`, inner] as const),
  ...unchecked.map((name) => [`stage.${name}*`, open] as const),
]);

const endpoint = shape(
  {
    name: 'string',
    'url!': 'string',
    batch_wait: 'duration',
    batch_size: 'size',
    remote_timeout: 'duration',
    headers: mapOf('string'),
    min_backoff_period: 'duration',
    max_backoff_period: 'duration',
    max_backoff_retries: 'number',
    tenant_id: 'string',
    retry_on_http_429: 'boolean',
    ...httpClientArguments,
  },
  { ...httpClientBlocks, queue_config: shape({ capacity: 'size', drain_timeout: 'duration' }) },
);

export const loki: Readonly<Record<string, ComponentKind>> = {
  'loki.source.kubernetes': kind(
    shape({ 'targets!': 'targets', ...receivers }, { client: kubernetesClient, clustering: open }),
  ),
  'loki.process': kind(shape(receivers, stages), { receiver: 'loki receiver' }),
  'loki.write': kind(
    shape(
      { external_labels: mapOf('string'), max_streams: 'number' },
      {
        'endpoint*': endpoint,
        wal: shape({
          enabled: 'boolean',
          max_segment_age: 'duration',
          min_read_frequency: 'duration',
          max_read_frequency: 'duration',
          drain_timeout: 'duration',
        }),
      },
    ),
    { receiver: 'loki receiver' },
  ),
};
