import { group, plural } from '../api/index.ts';
import { operatorRules, type PolicyRule } from '../stack/index.ts';

/** Every right the operator needs: on the objects of a plan, on the stacks themselves, and on what it looks at besides. */
export function operatorAccess(): readonly PolicyRule[] {
  return [
    { apiGroups: [group], resources: [plural], verbs: ['list', 'watch', 'patch'] },
    { apiGroups: [group], resources: [`${plural}/status`], verbs: ['patch'] },
    // An annotation makes the kubelet bring new sampling data at once.
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['list', 'watch', 'patch', 'delete'] },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list', 'watch'] },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['list', 'watch', 'create', 'patch'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
    ...operatorRules(),
  ];
}
