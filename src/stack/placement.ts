import type { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { selectorOf } from './labels.ts';

const onEveryNode: readonly ComponentName[] = ['alloy-node', 'agent'];

/**
 * Where a component's pods may run: collectors and agents on every node, whatever its taints, the others on the nodes the
 * spec names. An agent or an application beside no collector has nowhere to send to.
 */
export function placementOf(stack: Stack, component: ComponentName): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  if (onEveryNode.includes(component)) return { tolerations: [{ operator: 'Exists' }] };
  const { nodeSelector, tolerations } = stack.spec.scheduling;
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations: [...tolerations] }),
  };
}

/** Replicas prefer different nodes; a single-node cluster still runs them all. */
export function spreadOf(stack: Stack, component: ComponentName): Pick<k8s.PodSpec, 'topologySpreadConstraints'> {
  const labelSelector = { matchLabels: selectorOf(stack, component) };
  return {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    ],
  };
}
