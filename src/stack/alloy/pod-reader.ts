import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import type { ComponentName } from '../component.ts';
import { labelsOf } from '../labels.ts';
import { childName, clusterScopedName } from '../names.ts';

/** The least a collector needs from the API: which pods and owners there are, and their logs if it collects them. */
export function podReaderRules(podLogs: boolean): k8s.PolicyRule[] {
  return [
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'watch'] },
    ...(podLogs ? [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }] : []),
  ];
}

/** Those rights and their binding to the component's account, in every namespace. */
export function podReader(chart: Chart, stack: Stack, component: ComponentName): readonly ApiObject[] {
  const metadata = { name: clusterScopedName(stack, component), labels: labelsOf(stack, component) };
  return [
    new k8s.KubeClusterRole(chart, 'role', { metadata, rules: podReaderRules(stack.spec.collection.podLogs.enabled) }),
    new k8s.KubeClusterRoleBinding(chart, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: childName(stack, component), namespace: stack.namespace }],
    }),
  ];
}
