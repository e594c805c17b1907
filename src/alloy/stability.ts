import type { Stability } from './catalogue/shape.ts';

type Groups = Readonly<Record<string, string>>;

// The components registered in internal/component/** of Alloy 1.11.0, by namespace.
const generallyAvailable: Groups = {
  beyla: 'ebpf',
  discovery: `
    azure consul consulagent digitalocean dns docker dockerswarm ec2 eureka file gce hetzner http ionos kubelet
    kubernetes kuma lightsail linode marathon nerve nomad openstack ovhcloud process puppetdb relabel scaleway
    serverset triton uyuni`,
  faro: 'receiver',
  local: 'file file_match',
  loki: 'echo process relabel write',
  'loki.rules': 'kubernetes',
  'loki.source': `
    api awsfirehose azure_event_hubs cloudflare docker file gcplog gelf heroku journal kafka kubernetes
    kubernetes_events podlogs syslog windowsevent`,
  'mimir.rules': 'kubernetes',
  'otelcol.auth': 'basic bearer headers oauth2 sigv4',
  'otelcol.connector': 'host_info servicegraph spanlogs spanmetrics',
  'otelcol.exporter': 'kafka loadbalancing loki otlp otlphttp prometheus',
  'otelcol.extension': 'jaeger_remote_sampling',
  'otelcol.processor': `
    attributes batch discovery filter groupbyattrs k8sattributes memory_limiter probabilistic_sampler
    resourcedetection span tail_sampling transform`,
  'otelcol.receiver': 'file_stats influxdb jaeger kafka loki opencensus otlp prometheus solace zipkin',
  prometheus: 'receive_http relabel remote_write scrape',
  'prometheus.exporter': `
    apache azure blackbox cadvisor cloudwatch consul dnsmasq elasticsearch gcp github kafka memcached mongodb
    mssql mysql oracledb postgres process redis self snmp snowflake squid statsd unix windows`,
  'prometheus.operator': 'podmonitors probes servicemonitors',
  pyroscope: 'ebpf java receive_http relabel scrape write',
  remote: 'http s3 vault',
  'remote.kubernetes': 'configmap secret',
};

const publicPreview: Groups = {
  'otelcol.exporter': 'syslog',
  'otelcol.processor': 'cumulativetodelta',
  'otelcol.receiver': 'filelog splunkhec syslog',
  'otelcol.storage': 'file',
};

const experimental: Groups = {
  database_observability: 'mysql postgres',
  loki: 'enrich secretfilter',
  'otelcol.exporter': 'awss3 debug faro',
  'otelcol.processor': 'deltatocumulative interval',
  'otelcol.receiver': 'awscloudwatch datadog faro fluentforward tcplog vcenter',
  prometheus: 'enrich',
  'prometheus.exporter': 'catchpoint',
  'prometheus.operator': 'scrapeconfigs',
  'prometheus.write': 'queue',
};

function named(groups: Groups, stability: Stability): readonly (readonly [string, Stability])[] {
  return Object.entries(groups).flatMap(([namespace, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [`${namespace}.${name}`, stability] as const),
  );
}

/** How stable every component of Alloy is. */
export const levels: ReadonlyMap<string, Stability> = new Map([
  ...named(generallyAvailable, 'generally-available'),
  ...named(publicPreview, 'public-preview'),
  ...named(experimental, 'experimental'),
]);

/** How stable a component is; undefined if Alloy has none of this name. */
export function componentStability(name: string): Stability | undefined {
  return levels.get(name);
}
