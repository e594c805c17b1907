/** The container a process runs in, as its cgroup path tells. `podUid` is missing outside Kubernetes. */
export interface ContainerRef {
  readonly containerId: string;
  readonly podUid?: string;
}

const container = /(?:^|[-:])([0-9a-f]{64}|[0-9a-f]{32}-\d{10})(?:\.scope)?$/;
const pod =
  /(?:^|-)pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice|:|$)/;
const conmon = /conmon/;

/**
 * Reads /proc/<pid>/cgroup. Understands cgroup v1 and v2, the cgroupfs driver (`/kubepods/burstable/pod<uid>/<id>`),
 * the systemd driver (`…-pod<uid>.slice/cri-containerd-<id>.scope`, also with underscores in the uid and with
 * `slice:cri-containerd:id` in one segment), CRI-O, Docker, Podman, kind's nested hierarchies and relative paths
 * of a private cgroup namespace. Undefined: the process runs in no container.
 */
export function containerOf(cgroupFile: string): ContainerRef | undefined {
  let best: ContainerRef | undefined;
  for (const line of cgroupFile.split('\n')) {
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    const found = containerOfPath(path);
    if (found?.podUid) return found;
    best ??= found;
  }
  return best;
}

function containerOfPath(path: string): ContainerRef | undefined {
  let containerId: string | undefined;
  let podUid: string | undefined;
  for (const segment of path.split('/')) {
    if (conmon.test(segment)) return undefined;
    const uid = pod.exec(segment)?.[1];
    if (uid) podUid = uid.replaceAll('_', '-');
    const id = container.exec(segment)?.[1];
    // The innermost id wins: with kind, the path starts with the container that is the node.
    if (id) containerId = id;
  }
  if (containerId === undefined) return undefined;
  return podUid === undefined ? { containerId } : { containerId, podUid };
}
