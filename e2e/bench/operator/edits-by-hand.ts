import type { Live } from '../../../src/kube/index.ts';

type Edit = (live: Live) => object;

const inTemplate: Edit = () => ({ spec: { template: { spec: { serviceAccountName: 'edited' } } } });
const inLabels: Edit = () => ({ metadata: { labels: { 'app.kubernetes.io/part-of': 'edited' } } });

/** For every kind the operator can render, a merge patch that spoils something it renders. */
export const editsByHand: Readonly<Record<string, Edit>> = {
  ConfigMap: (live) => ({ data: { [Object.keys(live['data'] as object)[0]!]: 'edited' } }),
  // Not the password in it: the one in the Secret is in force, whoever put it there.
  Secret: inLabels,
  Service: () => ({ spec: { selector: { 'app.kubernetes.io/name': 'edited' } } }),
  ServiceAccount: inLabels,
  DaemonSet: inTemplate,
  Deployment: inTemplate,
  StatefulSet: inTemplate,
  NetworkPolicy: () => ({ spec: { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'edited' } } } }),
  PodDisruptionBudget: () => ({ spec: { maxUnavailable: 2 } }),
  ClusterRole: () => ({ rules: [] }),
  ClusterRoleBinding: () => ({ subjects: [] }),
};
