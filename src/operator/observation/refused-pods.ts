import type { Cluster, Live } from '../../kube/index.ts';
import type { WorkloadSeen } from './observation.ts';

/**
 * Why the API server did not take the pods of a DaemonSet, from the newest event about it: its controller puts that in
 * no status. Names of pods are left out, since each attempt has another.
 */
export function refusedPods(cluster: Pick<Cluster, 'select'>, { kind, metadata }: Live): WorkloadSeen['hindrance'] {
  if (kind !== 'DaemonSet') return undefined;
  const events = cluster.select('v1', 'Event', {}, metadata.namespace).filter((event) => isAbout(event, metadata.uid));
  const newest = events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))[0];
  if (newest === undefined) return undefined;
  const text = String(newest['message'] ?? '').replace(/^Error creating: (pods "[^"]*" is forbidden: )?/, '');
  if (!text.includes('violates PodSecurity')) return { reason: 'NoPods', message: text };
  const fix = `label the namespace pod-security.kubernetes.io/enforce=privileged, or turn the component off`;
  return { reason: 'PodSecurity', message: `namespace ${metadata.namespace} refuses its pods: ${text}; ${fix}` };
}

function isAbout(event: Live, uid: string): boolean {
  return (event['involvedObject'] as { uid?: string } | undefined)?.uid === uid;
}

function timeOf(event: Live): string {
  return String(event['lastTimestamp'] ?? event['eventTime'] ?? '');
}
