import type { Cluster, Live } from '../../kube/index.ts';
import type { WorkloadSeen } from './observation.ts';

/**
 * Why the API server did not take the pods or volume claims of a DaemonSet or StatefulSet, from the newest event about it:
 * their controllers put that in no status. `pods` are those it has; what was refused before the newest of them is over.
 */
export function refusedPods(
  cluster: Pick<Cluster, 'select'>,
  { metadata }: Live,
  pods: readonly Live[],
): WorkloadSeen['hindrance'] {
  const events = cluster.select('v1', 'Event', {}, metadata.namespace).filter((event) => isAbout(event, metadata.uid));
  const newest = events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))[0];
  if (newest === undefined) return undefined;
  if (pods.some((pod) => (pod.metadata.creationTimestamp ?? '') > timeOf(newest))) return undefined;
  const text = steady(String(newest['message'] ?? ''));
  if (!text.includes('violates PodSecurity')) return { reason: 'NoPods', message: text };
  const fix = `label the namespace pod-security.kubernetes.io/enforce=privileged, or turn the component off`;
  return { reason: 'PodSecurity', message: `namespace ${metadata.namespace} refuses its pods: ${text}; ${fix}` };
}

/** A refusal without what differs between two attempts: names of pods and claims, and what a quota counts at the moment. */
function steady(message: string): string {
  return message
    .replace(/^Error creating: |^create (Claim \S+ (for )?)?Pod \S+ in StatefulSet \S+ failed error: /i, '')
    .replace(/^failed to create PVC \S+: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '')
    .replace(/^persistentvolumeclaims "[^"]*" is/, 'its volume claims are')
    .replace(/, used: .*?, limited: /, ', limited: ');
}

function isAbout(event: Live, uid: string): boolean {
  return (event['involvedObject'] as { uid?: string } | undefined)?.uid === uid;
}

function timeOf(event: Live): string {
  return String(event['lastTimestamp'] ?? event['eventTime'] ?? '');
}
