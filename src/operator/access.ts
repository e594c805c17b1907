import { group, plural } from '../api/index.ts';
import { operatorRules, type PolicyRule, type ScopedRules } from '../stack/index.ts';

/** Rights of the operator: everywhere, in the namespaces it looks after, and in its own. */
export interface OperatorAccess extends ScopedRules {
  readonly own: readonly PolicyRule[];
}

/** Every right the operator needs: on the objects of a plan, on the stacks themselves, and on what it looks at besides. */
export function operatorAccess(): OperatorAccess {
  const { cluster, namespaced } = operatorRules();
  return {
    cluster: [...cluster, { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] }],
    namespaced: [
      { apiGroups: [group], resources: [plural], verbs: ['list', 'watch', 'patch'] },
      { apiGroups: [group], resources: [`${plural}/status`], verbs: ['patch'] },
      // An annotation makes the kubelet bring new sampling data at once.
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['list', 'watch', 'patch', 'delete'] },
      { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['list', 'watch', 'create', 'patch'] },
      ...namespaced,
    ],
    own: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
  };
}
