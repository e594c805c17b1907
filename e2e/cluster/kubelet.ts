import { join } from 'node:path';
import { kubeconfigOf, pki } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import { dnsAddress, type Place } from './place.ts';
import { programPath } from './programs.ts';

/** The kubelet, in the node's own mount namespace. */
export function kubelet(place: Place): Daemon {
  const config = join(place.root, 'kubelet.json');
  const plugins = join(place.root, 'volume-plugins');
  const settings = JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki(place, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    address: place.address,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: place.cgroup,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    // A developer's disk is often nearly full; the node must neither evict pods nor drop images for it.
    evictionHard: { 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
    volumePluginDir: plugins,
    maxPods: 200,
    nodeStatusUpdateFrequency: '5s',
  });
  return {
    name: 'kubelet',
    files: { [config]: settings },
    command: programPath('kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${kubeconfigOf(place, 'node')}`,
      `--hostname-override=${place.name}`,
      `--node-ip=${place.address}`,
      '--root-dir=/var/lib/kubelet',
    ],
  };
}
