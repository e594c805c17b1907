import { join } from 'node:path';
import type { Daemon } from './daemon.ts';
import { type Place, podRange } from './place.ts';

/** Image of the process that holds a pod's namespaces. */
export const pauseImage = 'ostack.test/pause:v1';

// ptp and not bridge: every packet is routed, so a Service on the same node answers without the br_netfilter module.
const network = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      mtu: 1500,
      ipam: { type: 'host-local', ranges: [[{ subnet: podRange }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true }, backend: 'iptables' },
  ],
};

/**
 * containerd with the settings a machine without systemd, AppArmor and CAP_SYS_RESOURCE needs.
 * It has default paths because the node has a mount namespace of its own.
 */
export function containerd(place: Place): Daemon {
  const networks = join(place.root, 'cni');
  const config = join(place.root, 'containerd.toml');
  return {
    name: 'containerd',
    command: 'containerd',
    args: [`--config=${config}`],
    files: { [config]: settings(networks), [join(networks, '10-pods.conflist')]: JSON.stringify(network) },
  };
}

function settings(networks: string): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
restrict_oom_score_adj = true
disable_apparmor = true
max_concurrent_downloads = 3
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${networks}"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}
