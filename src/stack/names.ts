import type { Stack } from '../api/index.ts';
import type { ComponentName, Workload } from './component.ts';

type Named = Pick<Stack, 'name' | 'namespace'>;

/** Name of a component's namespaced objects: `<stack>-<component>`. */
export function childName(stack: Named, component: ComponentName): string {
  return `${stack.name}-${component}`;
}

/** Name of a component's cluster-scoped objects, which must not meet those of a stack in another namespace. */
export function clusterScopedName(stack: Named, component: ComponentName): string {
  return `ostack-${stack.namespace}-${stack.name}-${component}`;
}

/** The workload of the samplers. */
export function samplerWorkload(stack: Named): Workload & { readonly namespace: string } {
  return { kind: 'StatefulSet', name: childName(stack, 'alloy-sampler'), namespace: stack.namespace };
}

/** The ConfigMap with the sampling numbers. */
export function samplingName(stack: Named): string {
  return `${stack.name}-sampling`;
}

/** The ConfigMap the agents follow. */
export function agentConfigName(stack: Named): string {
  return childName(stack, 'agent');
}

/** The Service that leads to any collector; the one named after the component leads to that of the caller's own node. */
export function anyCollectorName(stack: Named): string {
  return `${childName(stack, 'alloy-node')}-any`;
}

/** The Secret with the Grafana administrator. */
export function grafanaAdminName(stack: Named): string {
  return `${stack.name}-grafana-admin`;
}

/** DNS name of a component's Service; without the cluster's own domain, which nothing tells us. */
export function hostOf(stack: Named, component: ComponentName): string {
  return `${childName(stack, component)}.${stack.namespace}.svc`;
}
