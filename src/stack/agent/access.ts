import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import { labelsOf } from '../labels.ts';
import { childName, clusterScopedName } from '../names.ts';

/** All an agent asks the API server for: the pods of its node, and which pod or Service has an address. */
export const agentRules: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  { apiGroups: [''], resources: ['services'], verbs: ['list'] },
];

/** Those rights and their binding to the agents' account, in every namespace. */
export function agentAccess(chart: Chart, stack: Stack): readonly ApiObject[] {
  const metadata = { name: clusterScopedName(stack, 'agent'), labels: labelsOf(stack, 'agent') };
  return [
    new k8s.KubeClusterRole(chart, 'role', { metadata, rules: [...agentRules] }),
    new k8s.KubeClusterRoleBinding(chart, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: childName(stack, 'agent'), namespace: stack.namespace }],
    }),
  ];
}
