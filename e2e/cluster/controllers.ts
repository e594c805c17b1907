import { kubeconfigOf, pki } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import { type Place, podRange } from './place.ts';
import { programPath } from './programs.ts';

/** The built-in controllers. No leader election: there is one of each and it should start at once. */
export function controllerManager(place: Place): Daemon {
  const kubeconfig = kubeconfigOf(place, 'controller-manager');
  return {
    name: 'kube-controller-manager',
    command: programPath('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--root-ca-file=${pki(place, 'ca.crt')}`,
      `--service-account-private-key-file=${pki(place, 'service-account.key')}`,
      `--cluster-cidr=${podRange}`,
    ],
  };
}

/** The scheduler. */
export function scheduler(place: Place): Daemon {
  const kubeconfig = kubeconfigOf(place, 'scheduler');
  return {
    name: 'kube-scheduler',
    command: programPath('kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
    ],
  };
}
