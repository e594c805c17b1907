import { block, component, type Block } from '../alloy/index.ts';
import { env } from './environment.ts';
import { attributeOf, literal, set } from './ottl.ts';
import { output, type Outputs } from './output.ts';
import { transform, type Group } from './transform.ts';
import type { Wiring } from './wiring.ts';

/** What Kubernetes knows about a pod and every signal of it carries. Needs `pods` and `apps/replicasets` only. */
export const podAttributes = [
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.node.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
] as const;

const workloads = ['k8s.deployment.name', 'k8s.statefulset.name', 'k8s.daemonset.name'] as const;

/** Adds the pod's attributes by its uid, its address, or the address the signal came from. */
export function podMetadata(outputs: Outputs): Block {
  return component(
    'otelcol.processor.k8sattributes',
    'pods',
    block('filter', { node: env('K8S_NODE_NAME') }),
    block('extract', { metadata: podAttributes }),
    ...['k8s.pod.uid', 'k8s.pod.ip'].map((name) =>
      block('pod_association', block('source', { from: 'resource_attribute', name })),
    ),
    block('pod_association', block('source', { from: 'connection' })),
    output(outputs),
  );
}

/** Completes the resource: the cluster, a service name and an instance where the application gave none. */
export function resourceDefaults({ clusterName }: Wiring, outputs: Outputs): Block {
  const statements = [
    // Without a name a span is not counted, and without an instance the series of two pods are one.
    ...workloads.map((key) => fill('service.name', at(key))),
    fill('service.name', '"unknown_service"'),
    fill('service.instance.id', at('k8s.pod.uid')),
    ...(clusterName === '' ? [] : [set(at('k8s.cluster.name'), literal(clusterName))]),
  ];
  const everywhere: readonly Group[] = [{ context: 'resource', statements }];
  return transform('resource', { traces: everywhere, metrics: everywhere, logs: everywhere }, outputs);
}

function at(key: string): string {
  return attributeOf('resource', key);
}

function fill(key: string, value: string): string {
  return set(at(key), value, `${at(key)} == nil`);
}
