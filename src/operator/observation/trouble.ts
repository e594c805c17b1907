import type { Live } from '../../kube/index.ts';
import type { Trouble } from './observation.ts';

interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
}
interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated; running?: object };
  readonly lastState?: { terminated?: Terminated };
}
interface PodStatus {
  readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

const pullReasons = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'];
const startReasons = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError'];
const order: readonly Trouble['reason'][] = ['ImagePullFailed', 'CrashLooping', 'StartFailed', 'Unschedulable'];

/**
 * The worst trouble among a component's pods. Messages hold nothing that moves by itself (no restart counts, no back-off times),
 * so a pod that keeps crashing is told once.
 */
export function worstTrouble(pods: readonly Live[]): Trouble | undefined {
  const found = pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(troublesOf);
  return order.map((reason) => found.find((t) => t.reason === reason)).find((t) => t !== undefined);
}

function troublesOf(pod: Live): Trouble[] {
  const status = (pod['status'] ?? {}) as PodStatus;
  const images = imagesOf(pod);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const found = containers.flatMap((c) => troubleOf(c, pod.metadata.name, images) ?? []);
  const unscheduled = status.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  if (unscheduled?.reason === 'Unschedulable') {
    const why = unscheduled.message ?? 'no node fits';
    found.push({ reason: 'Unschedulable', message: `pod ${pod.metadata.name} fits on no node: ${why}` });
  }
  return found;
}

function troubleOf(c: ContainerStatus, pod: string, images: ReadonlyMap<string, string>): Trouble | undefined {
  const waiting = c.state?.waiting?.reason ?? '';
  const where = `container ${c.name} of pod ${pod}`;
  if (pullReasons.includes(waiting)) {
    const image = images.get(c.name) ?? c.image ?? 'its image';
    return {
      reason: 'ImagePullFailed',
      message: `image ${image} cannot be pulled for ${where} (${pullHint(waiting)})`,
    };
  }
  if (startReasons.includes(waiting)) {
    return { reason: 'StartFailed', message: `${where} cannot start: ${c.state?.waiting?.message ?? waiting}` };
  }
  const ended = c.state?.terminated ?? c.lastState?.terminated;
  if (!isCrashLooping(c, waiting, ended)) return undefined;
  const how = ended === undefined ? '' : `: it exits with code ${ended.exitCode} (${ended.reason ?? 'no reason'})`;
  return { reason: 'CrashLooping', message: `${where} keeps crashing${how}` };
}

// Between two back-offs the container runs for a moment; without the second and third line the verdict would flap with it.
function isCrashLooping(c: ContainerStatus, waiting: string, ended: Terminated | undefined): boolean {
  if (waiting === 'CrashLoopBackOff') return true;
  if (c.ready === true || ended === undefined) return false;
  const failed = ended.exitCode !== 0;
  return failed && (c.restartCount ?? 0) >= (c.state?.terminated === undefined ? 2 : 1);
}

const pullHint = (reason: string): string =>
  reason === 'InvalidImageName'
    ? 'the name is not valid'
    : reason === 'ErrImageNeverPull'
      ? 'it is not on the node and the pull policy is Never'
      : 'not found, or the registry refuses or cannot be reached';

function imagesOf(pod: Live): ReadonlyMap<string, string> {
  type Containers = readonly { name: string; image?: string }[];
  const spec = (pod['spec'] ?? {}) as { initContainers?: Containers; containers?: Containers };
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return new Map(all.flatMap((c) => (c.image === undefined ? [] : [[c.name, c.image] as const])));
}
