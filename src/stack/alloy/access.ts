import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Context } from '../component.ts';
import { labelsOf } from '../labels.ts';
import { childName, clusterScopedName } from '../names.ts';
import { severalSamplers } from './several-samplers.ts';

/** The least a collector needs from the API: which pods and owners there are, and their logs if it collects them. */
export function podReaderRules(podLogs: boolean): k8s.PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'watch'] },
    ...(podLogs ? [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }] : []),
  ];
}

/**
 * To see the only sampler come and go: Alloy 1.11 asks for the Endpoints of its Service, later ones for the slices, whose
 * names nobody knows beforehand. Both say less than the pods do. Without a name, of every Service.
 */
export function samplerWatchRules(service?: string): k8s.PolicyRule[] {
  const named = service === undefined ? {} : { resourceNames: [service] };
  return [
    { apiGroups: [''], resources: ['endpoints'], ...named, verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ];
}

/** What the collectors of a stack may ask for, bound to their account in every namespace. */
export function collectorAccess(chart: Chart, context: Context): readonly ApiObject[] {
  const { stack } = context;
  const rules = [
    ...podReaderRules(stack.spec.collection.podLogs.enabled),
    ...(severalSamplers(context) ? [] : samplerWatchRules(childName(stack, 'alloy-sampler'))),
  ];
  const metadata = { name: clusterScopedName(stack, 'alloy-node'), labels: labelsOf(stack, 'alloy-node') };
  return [
    new k8s.KubeClusterRole(chart, 'role', { metadata, rules }),
    new k8s.KubeClusterRoleBinding(chart, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: childName(stack, 'alloy-node'), namespace: stack.namespace }],
    }),
  ];
}
