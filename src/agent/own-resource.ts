import type { Attributes } from './otlp/index.ts';
import type { Place } from './process/index.ts';

/** Resource of what belongs to no single service: the agent of a node itself. */
export function ownResource({ node, host, clusterName, version }: Place): Attributes {
  return {
    'service.name': 'ostack-agent',
    'service.instance.id': host,
    'service.version': version,
    'telemetry.sdk.name': 'ostack-agent',
    'host.name': host,
    'k8s.node.name': node || undefined,
    'k8s.cluster.name': clusterName || undefined,
  };
}
