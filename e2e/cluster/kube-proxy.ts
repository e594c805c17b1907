import { join } from 'node:path';
import { kubeconfigOf } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import { type Place, podRange } from './place.ts';
import { programPath } from './programs.ts';

/** kube-proxy in nftables mode; it makes ClusterIP Services answer inside the node's network. */
export function kubeProxy(place: Place): Daemon {
  const config = join(place.root, 'kube-proxy.json');
  const settings = JSON.stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: kubeconfigOf(place, 'proxy') },
    hostnameOverride: place.name,
    clusterCIDR: podRange,
    // The conntrack table belongs to the machine; a network namespace may not resize it.
    conntrack: { maxPerCore: 0 },
    nftables: { minSyncPeriod: '100ms', syncPeriod: '30s' },
  });
  return {
    name: 'kube-proxy',
    files: { [config]: settings },
    command: programPath('kube-proxy'),
    args: [`--config=${config}`],
  };
}
