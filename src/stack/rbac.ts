import { agentRules } from './agent/access.ts';
import { podReaderRules, samplerWatchRules } from './alloy/access.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Resources of every kind a plan can hold, by API group. */
const rendered: Readonly<Record<string, readonly string[]>> = {
  '': ['configmaps', 'secrets', 'serviceaccounts', 'services'],
  apps: ['daemonsets', 'deployments', 'statefulsets'],
  'networking.k8s.io': ['networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles'],
};

/** To watch, apply (server-side apply patches, and creates what is not there) and prune. */
const verbs = ['list', 'watch', 'create', 'patch', 'delete'];

/**
 * What an operator must be allowed to do with the objects of a plan, and no verb more: its own work on every kind that
 * can be rendered, the content of Secrets a plan hashes, and the rights it hands to alloy-node and the agents, since the API server
 * lets nobody grant what they do not hold.
 */
export function operatorRules(): readonly PolicyRule[] {
  return [
    ...Object.entries(rendered).map(([apiGroup, resources]) => ({ apiGroups: [apiGroup], resources, verbs })),
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    ...[...podReaderRules(true), ...samplerWatchRules(), ...agentRules].map(
      ({ apiGroups = [], resources = [], verbs: granted }) => ({
        apiGroups,
        resources,
        verbs: granted,
      }),
    ),
  ];
}
