import type { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { selectorOf } from './labels.ts';

/** Where a component's pods may run, from `spec.scheduling`; empty fields are left out. */
export function placementOf(stack: Stack): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  const { nodeSelector, tolerations } = stack.spec.scheduling;
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations: [...tolerations] }),
  };
}

/** Replicas prefer different nodes; a single-node cluster still runs them all. */
export function spreadOf(
  stack: Stack,
  component: ComponentName,
  replicas: number,
): Pick<k8s.PodSpec, 'topologySpreadConstraints'> {
  if (replicas < 2) return {};
  const labelSelector = { matchLabels: selectorOf(stack, component) };
  return {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
    ],
  };
}
