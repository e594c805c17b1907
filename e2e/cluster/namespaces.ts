import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Daemon, pidOf, startDaemon } from './daemon.ts';
import type { Place } from './place.ts';
import { waitFor } from './wait.ts';

const holder = 'namespaces';

// Directories the kubelet and containerd insist on (/run/containerd/s, /var/log/containers, /var/lib/cni): the node has its own.
const privateDirectories = ['run', 'var/lib', 'var/log'] as const;

const prepare = `set -e
for path in ${privateDirectories.join(' ')} etc/resolv.conf; do mount --bind "$1/mounts/$path" "/$path"; done
mount --make-rshared /
ip link set lo up
ip link add node0 type bridge
ip address add "$2/32" dev node0
ip link set node0 up
ip route add default dev node0
echo 1 > /proc/sys/net/ipv4/ip_forward
exec sleep infinity`;

/**
 * Makes the node's network and mount namespaces. One sleeping process holds both, so nothing of the node is
 * visible in the machine's own network or mount table, and both vanish with the last process inside.
 * The address sits on a bridge because not every kernel has the dummy driver.
 */
export async function makeNamespaces(place: Place): Promise<void> {
  for (const directory of privateDirectories) mkdirSync(join(place.root, 'mounts', directory), { recursive: true });
  mkdirSync(join(place.root, 'mounts/etc'), { recursive: true });
  writeFileSync(join(place.root, 'mounts/etc/resolv.conf'), resolver(place));
  const inner = ['/bin/sh', '-c', prepare, holder, place.root, place.address];
  await startDaemon(place, {
    name: holder,
    command: 'unshare',
    args: ['--net', '--mount', '--propagation', 'private', ...inner],
  });
  await waitFor('the namespaces', async () => {
    const { stdout } = await execa('nsenter', [...netArgs(place), 'ip', 'route', 'show', 'default']);
    return stdout.includes('node0') && (await isForwarding(place));
  });
}

async function isForwarding(place: Place): Promise<boolean> {
  const { stdout } = await execa('nsenter', [...netArgs(place), 'cat', '/proc/sys/net/ipv4/ip_forward']);
  return stdout === '1' && readlinkSync(`/proc/${holderPid(place)}/exe`).endsWith('sleep');
}

function holderPid(place: Place): number {
  const pid = pidOf(place, holder);
  if (pid === undefined) throw new Error(`node ${place.name} is not up: make node-up`);
  return pid;
}

/** Path of the network namespace, for nsenter --net. */
export function netnsOf(place: Place): string {
  return `/proc/${holderPid(place)}/ns/net`;
}

function netArgs(place: Place): string[] {
  return [`--net=${netnsOf(place)}`];
}

// Programs that enter the node resolve cluster names, and names outside fail at once instead of after a timeout.
function resolver(place: Place): string {
  return `nameserver ${place.address}\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`;
}

/** The same program inside the node's network. */
export function inNetwork(place: Place, daemon: Daemon): Daemon {
  return { ...daemon, command: 'nsenter', args: [...netArgs(place), daemon.command, ...daemon.args] };
}

/** Words in front of a command that put it inside the node's network and mounts, where cluster names resolve; it keeps the directory. */
export function entering(place: Place): readonly [string, ...string[]] {
  return ['nsenter', ...netArgs(place), `--mount=/proc/${holderPid(place)}/ns/mnt`, `--wdns=${process.cwd()}`];
}

/** The same program inside the node's network and mounts. */
export function inNode(place: Place, daemon: Daemon): Daemon {
  const [command, ...args] = entering(place);
  return { ...daemon, command, args: [...args, daemon.command, ...daemon.args] };
}
