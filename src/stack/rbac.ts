import { agentRules } from './agent/access.ts';
import { podReaderRules, samplerWatchRules } from './alloy/access.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Rights by where they have to hold: everywhere, or in the namespaces whose stacks an operator looks after. */
export interface ScopedRules {
  readonly cluster: readonly PolicyRule[];
  readonly namespaced: readonly PolicyRule[];
}

type Kinds = Readonly<Record<string, readonly string[]>>;

/** Resources of every kind a plan can hold, by API group. */
const rendered: Readonly<Record<keyof ScopedRules, Kinds>> = {
  cluster: { 'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles'] },
  namespaced: {
    '': ['configmaps', 'secrets', 'serviceaccounts', 'services'],
    apps: ['daemonsets', 'deployments', 'statefulsets'],
    'networking.k8s.io': ['networkpolicies'],
    policy: ['poddisruptionbudgets'],
  },
};

/** To watch, apply (server-side apply patches, and creates what is not there) and prune. */
const verbs = ['list', 'watch', 'create', 'patch', 'delete'];

const ownRules = (kinds: Kinds): PolicyRule[] =>
  Object.entries(kinds).map(([apiGroup, resources]) => ({ apiGroups: [apiGroup], resources, verbs }));

/**
 * What an operator must be allowed to do with the objects of a plan, and no verb more: its own work on every kind that
 * can be rendered, the content of Secrets a plan hashes, and the rights it hands to alloy-node and the agents, since the
 * API server lets nobody grant what they do not hold, where they do not hold it.
 */
export function operatorRules(): ScopedRules {
  const handedOn = [...podReaderRules(true), ...samplerWatchRules(), ...agentRules].map(
    ({ apiGroups = [], resources = [], verbs: granted }) => ({ apiGroups, resources, verbs: granted }),
  );
  return {
    cluster: [...ownRules(rendered.cluster), ...handedOn],
    namespaced: [...ownRules(rendered.namespaced), { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  };
}
