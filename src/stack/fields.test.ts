import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { crd, parseStack, type Stack } from '../api/index.ts';
import { plan } from './plan.ts';
import { someFacts } from './specimen.ts';

/** One of everything a list can hold, so that each field inside has a place to be changed. */
const base = {
  instrumentation: {
    discovery: {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['cart'] }] },
    },
    routes: [{ match: '/orders/*', as: '/orders/{id}' }],
  },
  collection: {
    spanMetrics: { buckets: ['100ms'] },
    redaction: [{ attribute: 'user.email', action: 'Hash' }],
    buffer: { persistent: true },
    exportTo: [
      {
        name: 'vendor',
        endpoint: 'otlp.example.com:4317',
        signals: ['traces'],
        authorization: { secretName: 'vendor-token', key: 'authorization' },
      },
    ],
  },
  sampling: {
    keep: { attributes: [{ key: 'tier', values: ['gold'] }] },
    drop: [{ name: 'health', route: '/healthz' }],
    services: [{ name: 'checkout', percent: 100 }],
  },
  metrics: { remoteWrite: [{ name: 'central', url: 'https://mimir.example.com/api/v1/push' }] },
  scheduling: {
    tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute', tolerationSeconds: 10 }],
  },
  overrides: [{ kind: 'ConfigMap', name: 'demo-tempo', patch: { metadata: { annotations: { a: 'b' } } } }],
};

/** Fields that no object shows, and who acts on them instead. */
const elsewhere: Readonly<Record<string, string>> = {
  'spec.collection.exportTo[].protocol': 'it must fit the endpoint, and has a test of its own below',
  'spec.managementState': 'the operator decides by it whether it writes',
  'spec.sampling.drop[].name': 'the key of its list: rules are merged and named in problems by it',
};

/** Another value for every other field; a list is given whole. */
const others: Readonly<Record<string, unknown>> = {
  'spec.size': 'medium',
  'spec.deletionPolicy': 'Delete',
  'spec.instrumentation.enabled': false,
  'spec.instrumentation.discovery.namespaces.include': ['shop'],
  'spec.instrumentation.discovery.namespaces.exclude': ['team-*'],
  'spec.instrumentation.discovery.podSelector.matchLabels': { app: 'cart' },
  'spec.instrumentation.discovery.podSelector.matchExpressions[].key': 'tier',
  'spec.instrumentation.discovery.podSelector.matchExpressions[].operator': 'NotIn',
  'spec.instrumentation.discovery.podSelector.matchExpressions[].values': ['checkout'],
  'spec.instrumentation.discovery.ports': [8080],
  'spec.instrumentation.metrics': ['application'],
  'spec.instrumentation.routes[].match': '/carts/*',
  'spec.instrumentation.routes[].as': '/orders/{number}',
  'spec.instrumentation.capture.headers': ['X-Tenant'],
  'spec.instrumentation.capture.query': true,
  'spec.instrumentation.budget.cpu': '1',
  'spec.instrumentation.budget.memory': '300Mi',
  'spec.collection.receivers.otlp.grpc': false,
  'spec.collection.receivers.otlp.http': false,
  'spec.collection.podLogs.enabled': false,
  'spec.collection.spanMetrics.dimensions': ['http.request.method'],
  'spec.collection.spanMetrics.buckets': ['200ms'],
  'spec.collection.spanMetrics.seriesLimit': 500,
  'spec.collection.redaction[].attribute': 'user.name',
  'spec.collection.redaction[].action': 'Remove',
  'spec.collection.buffer.persistent': false,
  'spec.collection.buffer.size': '3Gi',
  'spec.collection.exportTo[].name': 'other',
  'spec.collection.exportTo[].endpoint': 'otlp.example.org:4317',
  'spec.collection.exportTo[].insecure': true,
  'spec.collection.exportTo[].signals': ['logs'],
  'spec.collection.exportTo[].authorization.secretName': 'other-token',
  'spec.collection.exportTo[].authorization.key': 'token',
  'spec.collection.extraConfig': 'otelcol.exporter.debug "mine" {\n}\n',
  'spec.collection.sampler.replicas': 5,
  'spec.sampling.mode': 'Observe',
  'spec.sampling.baselinePercent': 3,
  'spec.sampling.keep.errors': false,
  'spec.sampling.keep.slowerThan': '2s',
  'spec.sampling.keep.attributes[].key': 'plan',
  'spec.sampling.keep.attributes[].values': ['silver'],
  'spec.sampling.drop[].route': '/readyz',
  'spec.sampling.services[].name': 'cart',
  'spec.sampling.services[].percent': 50,
  'spec.sampling.limit.spansPerSecond': 1000,
  'spec.sampling.decisionWait': '20s',
  'spec.traces.backend': 'None',
  'spec.metrics.backend': 'None',
  'spec.logs.backend': 'None',
  'spec.metrics.maxSeries': 123_456,
  'spec.metrics.remoteWrite[].name': 'other',
  'spec.metrics.remoteWrite[].url': 'https://mimir.example.org/api/v1/push',
  'spec.grafana.enabled': false,
  'spec.grafana.auth': 'Password',
  'spec.grafana.dashboards.defaults': false,
  'spec.topology.clusterName': 'prod',
  'spec.security.networkPolicies': true,
  'spec.scheduling.nodeSelector': { pool: 'observability' },
  'spec.scheduling.tolerations[].key': 'other',
  'spec.scheduling.tolerations[].operator': 'Exists',
  'spec.scheduling.tolerations[].value': 'other',
  'spec.scheduling.tolerations[].effect': 'NoSchedule',
  'spec.scheduling.tolerations[].tolerationSeconds': 20,
  'spec.images.registry': 'registry.example.com',
  'spec.images.pullSecrets': ['registry-token'],
  'spec.overrides[].kind': 'Service',
  'spec.overrides[].name': 'demo-loki',
  'spec.overrides[].patch': { metadata: { annotations: { a: 'c' } } },
  ...Object.fromEntries(
    ['tempo', 'mimir', 'loki', 'grafana', 'alloy', 'agent'].map((name) => [
      `spec.images.overrides.${name}`,
      `r.test/${name}:1.2.3`,
    ]),
  ),
  ...Object.fromEntries(
    ['traces', 'metrics', 'logs'].flatMap((signal) => [
      [`spec.${signal}.retention`, '1000h'],
      [`spec.${signal}.volume.size`, '77Gi'],
      [`spec.${signal}.volume.storageClass`, 'fast-ssd'],
    ]),
  ),
  ...Object.fromEntries(
    ['traces', 'metrics', 'logs', 'grafana', 'collection.node', 'collection.sampler'].flatMap((component) => [
      [`spec.${component}.resources.requests.cpu`, '11m'],
      [`spec.${component}.resources.requests.memory`, '33Mi'],
      [`spec.${component}.resources.limits.cpu`, '7'],
      [`spec.${component}.resources.limits.memory`, '7Gi'],
    ]),
  ),
};

/** What a change drags along so that the contract accepts it; the comparison starts from a stack that has these too. */
const companions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'spec.scheduling.tolerations[].operator': { 'spec.scheduling.tolerations[].value': '' },
  'spec.scheduling.tolerations[].effect': { 'spec.scheduling.tolerations[].tolerationSeconds': undefined },
};

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

function leaves(node: Node, path: string): readonly string[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) => leaves(child, `${path}.${key}`));
  }
  return node.items?.properties === undefined ? [path] : leaves(node.items, `${path}[]`);
}

const { properties } = (crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}) as Node;
const fields = leaves(properties?.['spec'] ?? {}, 'spec').filter((path) => !(path in elsewhere));

/** A copy of a resource with one field set, or removed when the value is undefined. */
function withField(root: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(root) as Record<string, unknown>;
  const keys = path.replaceAll('[]', '.0').split('.');
  let place = copy;
  for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as Record<string, unknown>;
  place[keys.at(-1) ?? ''] = value;
  return copy;
}

function stackOf(resource: unknown): Stack {
  const parsed = parseStack({
    apiVersion: 'ostack.io/v1alpha1',
    kind: 'ObservabilityStack',
    metadata: { name: 'demo', namespace: 'observability' },
    ...(resource as object),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, undefined, 2));
  return parsed.value;
}

/** A hash, so that a failure does not print a megabyte. */
function rendered(resource: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(plan(stackOf(resource), someFacts)))
    .digest('hex');
}

test('every field of the contract has another value here', () => {
  expect(Object.keys(others).sort()).toEqual([...fields].sort());
});

const plain = rendered({ spec: base });

test.each(fields.filter((path) => !(path in companions)))('%s changes what is rendered', (path) => {
  expect(rendered(withField({ spec: base }, path, others[path]))).not.toBe(plain);
});

test.each(Object.entries(companions))('%s changes what is rendered', (path, along) => {
  const before = Object.entries(along).reduce<unknown>(
    (resource, [other, value]) => withField(resource, other, value),
    { spec: base },
  );
  expect(rendered(withField(before, path, others[path]))).not.toBe(rendered(before));
});

test('the protocol of a sink decides how it is spoken to', () => {
  expect(withSink('Http', 'https://otlp.example.com')).toContain('otelcol.exporter.otlphttp "export_vendor');
  expect(withSink('Grpc', 'otlp.example.com:4317')).toContain('otelcol.exporter.otlp "export_vendor');
});

function withSink(protocol: string, endpoint: string): string {
  const stack = stackOf({ spec: { collection: { exportTo: [{ name: 'vendor', protocol, endpoint }] } } });
  return JSON.stringify(plan(stack, someFacts)).replaceAll('\\"', '"');
}
