import { parseStack, type Spec, type Stack } from '../api/index.ts';
import type { Facts, KubeObject } from './component.ts';
import { plan } from './plan.ts';

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { readonly [K in keyof T]?: Deep<T[K]> } : T;
export type SomeSpec = Deep<Spec>;

/** The facts tests start from. */
export const someFacts: Facts = {
  contentHashes: {},
  grafanaPassword: 'correct horse',
  operatorImage: 'ostack.test/ostack:dev',
  operatorNamespace: 'ostack-system',
};

/** A stack as the contract reads it; throws what the contract refuses. */
export function someStack(spec: SomeSpec = {}, name = 'demo'): Stack {
  const metadata = { name, namespace: 'observability', uid: 'a-uid', generation: 1 };
  const parsed = parseStack({ apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata, spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, undefined, 2));
  return parsed.value;
}

/** Every object of a stack. */
export function objectsOf(spec: SomeSpec = {}, facts: Facts = someFacts): readonly KubeObject[] {
  return plan(someStack(spec), facts).components.flatMap(({ objects }) => objects);
}

/** One object of a stack by kind and name; throws when there is none. */
export function objectOf(kind: string, name: string, objects = objectsOf()): KubeObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** What a workload runs: its pod template. */
export interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken?: boolean;
    readonly securityContext: Record<string, unknown>;
    readonly nodeSelector?: Record<string, string>;
    readonly tolerations?: readonly unknown[];
    readonly hostNetwork?: boolean;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string; readonly [kind: string]: unknown }[];
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: Record<string, unknown>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly lifecycle?: unknown;
}

/** The pod templates of a stack by component. */
export function podTemplates(objects: readonly KubeObject[]): ReadonlyMap<string, PodTemplate> {
  const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));
  return new Map(
    workloads.map((workload) => [
      workload.metadata.labels?.['app.kubernetes.io/component'] ?? '',
      (workload['spec'] as { template: PodTemplate }).template,
    ]),
  );
}

/** A stack with everything switched on that adds an object or a field. */
export const everything: SomeSpec = {
  size: 'medium',
  deletionPolicy: 'Delete',
  collection: {
    buffer: { persistent: true, size: '10Gi' },
    redaction: [{ attribute: 'user.email', action: 'Hash' }],
    exportTo: [
      {
        name: 'vendor',
        endpoint: 'https://otlp.example.com',
        protocol: 'Http',
        insecure: false,
        signals: ['traces', 'metrics', 'logs'],
        authorization: { secretName: 'vendor-token', key: 'authorization' },
      },
    ],
    sampler: { replicas: 3 },
  },
  sampling: { services: [{ name: 'checkout', percent: 100 }], drop: [{ name: 'health', route: '/healthz' }] },
  traces: { retention: '14d', volume: { size: '200Gi', storageClass: 'fast-ssd' } },
  metrics: { remoteWrite: [{ name: 'central', url: 'https://mimir.example.com/api/v1/push' }] },
  grafana: { auth: 'Password' },
  topology: { clusterName: 'prod-eu-1' },
  security: { networkPolicies: true },
  scheduling: {
    nodeSelector: { 'example.com/pool': 'observability' },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'observability', effect: 'NoSchedule' }],
  },
  images: { registry: 'registry.example.com:5000/mirror', pullSecrets: ['registry-token'] },
};
