import { Yaml } from 'cdk8s';
import { parseStack } from '../api/index.ts';
import type { Facts, KubeObject } from './component.ts';
import { plan } from './plan.ts';

const facts: Facts = {
  contentHashes: { 'Secret/vendor-token': '5d41402abc4b2a76' },
  operatorImage: 'ostack.test/ostack:dev',
  operatorNamespace: 'ostack-system',
};

/** The smallest stack there is, and one that uses most of the contract. */
const specs: Readonly<Record<string, object>> = {
  dev: { size: 'dev' },
  production: {
    size: 'medium',
    deletionPolicy: 'RetainData',
    collection: {
      buffer: { persistent: true, size: '10Gi' },
      redaction: [{ attribute: 'user.email', action: 'Hash' }],
      exportTo: [
        {
          name: 'vendor',
          endpoint: 'https://otlp.example.com',
          protocol: 'Http',
          authorization: { secretName: 'vendor-token', key: 'authorization' },
        },
      ],
    },
    sampling: {
      baselinePercent: 2,
      drop: [{ name: 'health', route: '/healthz' }],
      services: [{ name: 'checkout', percent: 100 }],
      limit: { spansPerSecond: 20_000 },
    },
    traces: { retention: '14d', volume: { size: '200Gi', storageClass: 'fast-ssd' } },
    metrics: { remoteWrite: [{ name: 'central', url: 'https://mimir.example.com/api/v1/push' }] },
    grafana: { auth: 'Password' },
    topology: { clusterName: 'prod-eu-1' },
    security: { networkPolicies: true },
    scheduling: { nodeSelector: { 'example.com/pool': 'observability' } },
  },
};

/**
 * Two stacks written out whole, for eyes and for reviews: path in the repository and text. Dashboards are left out,
 * since their own files show them.
 */
export const goldens: readonly { readonly path: string; readonly render: () => string }[] = Object.entries(specs).map(
  ([name, spec]) => ({ path: `src/stack/golden/${name}.yaml`, render: () => textOf(name, spec) }),
);

function textOf(name: string, spec: object): string {
  const metadata = { name, namespace: 'observability' };
  const parsed = parseStack({ apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata, spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const objects = plan(parsed.value, facts).components.flatMap((component) => component.objects);
  return objects
    .filter((object) => !isDashboard(object))
    .map((object) => Yaml.stringify(object))
    .join('---\n');
}

function isDashboard({ kind, metadata }: KubeObject): boolean {
  return kind === 'ConfigMap' && metadata.name.includes('-dashboard-');
}
