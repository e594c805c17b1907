/** A kind the operator follows. */
export interface FollowedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const kindsOf = (apiVersion: string, namespaced: boolean, kinds: readonly string[]): FollowedKind[] =>
  kinds.map((kind) => ({ apiVersion, kind, namespaced }));

/** Every kind a plan can hold. All are watched, so that an edit of any of them is seen. */
export const childKinds: readonly FollowedKind[] = [
  ...kindsOf('v1', true, ['ConfigMap', 'Secret', 'Service', 'ServiceAccount']),
  ...kindsOf('apps/v1', true, ['DaemonSet', 'Deployment', 'StatefulSet']),
  ...kindsOf('networking.k8s.io/v1', true, ['NetworkPolicy']),
  ...kindsOf('policy/v1', true, ['PodDisruptionBudget']),
  ...kindsOf('rbac.authorization.k8s.io/v1', false, ['ClusterRole', 'ClusterRoleBinding']),
];
