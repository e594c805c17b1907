import { group, kind, parseStack, version, type Stack } from '../api/index.ts';
import type { Wiring } from './wiring.ts';

/** The stack of a spec as a user would write it. */
export function stackOf(spec: object = {}): Stack {
  const metadata = { name: 'demo', namespace: 'observability' };
  const parsed = parseStack({ apiVersion: `${group}/${version}`, kind, metadata, spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

/** What a stack with every backend is wired to. */
export const wiring: Wiring = {
  stackName: 'demo',
  namespace: 'observability',
  clusterName: '',
  sampler: {
    service: 'demo-alloy-sampler',
    headless: 'demo-alloy-sampler.observability.svc',
    port: 4317,
    several: false,
  },
  tempo: { otlpGrpc: 'demo-tempo.observability.svc:4317' },
  mimir: { remoteWrite: 'http://demo-mimir.observability.svc:8080/api/v1/push' },
  loki: { push: 'http://demo-loki.observability.svc:3100/loki/api/v1/push' },
  scrape: [
    { job: 'tempo', address: 'demo-tempo.observability.svc:3200' },
    { job: 'mimir', address: 'demo-mimir.observability.svc:8080' },
    { job: 'loki', address: 'demo-loki.observability.svc:3100' },
  ],
};

/** The same as a stack asks for it. */
export function wiringOf({ spec }: Stack): Wiring {
  const several = spec.collection.sampler.replicas > 1;
  return { ...wiring, clusterName: spec.topology.clusterName, sampler: { ...wiring.sampler, several } };
}

/** A spec that uses everything at once. */
export const everything = {
  size: 'small',
  topology: { clusterName: 'eu-1' },
  collection: {
    receivers: { otlp: { grpc: true, http: false } },
    spanMetrics: { dimensions: ['http.route', 'tenant'], buckets: ['5ms', '100ms', '1s'], seriesLimit: 5000 },
    redaction: [
      { attribute: 'user.email', action: 'Remove' },
      { attribute: 'user.id', action: 'Hash' },
    ],
    buffer: { persistent: true, size: '2Gi' },
    exportTo: [
      { name: 'vendor', endpoint: 'otlp.example.com:4317', authorization: { secretName: 'vendor', key: 'token' } },
      {
        name: 'lake',
        endpoint: 'http://lake.tools:4318',
        protocol: 'Http',
        insecure: true,
        signals: ['logs', 'traces'],
      },
    ],
    extraConfig: `
// What the platform team adds.
prometheus.exporter.unix "host" { }

prometheus.scrape "host" {
	targets    = prometheus.exporter.unix.host.targets
	forward_to = [prometheus.remote_write.metrics.receiver]
}
`,
    sampler: { replicas: 3 },
  },
  metrics: { remoteWrite: [{ name: 'central', url: 'https://mimir.example.com/api/v1/push' }] },
  sampling: {
    mode: 'Observe',
    baselinePercent: 2.5,
    keep: { errors: true, slowerThan: '750ms', attributes: [{ key: 'tenant', values: ['gold', '7'] }] },
    drop: [
      { name: 'health', route: '/healthz' },
      { name: 'internal', route: '/internal/*' },
    ],
    services: [
      { name: 'checkout', percent: 100 },
      { name: 'batch', percent: 0.01 },
      { name: 'noise', percent: 0 },
    ],
    limit: { spansPerSecond: 2000 },
    decisionWait: '20s',
  },
};
