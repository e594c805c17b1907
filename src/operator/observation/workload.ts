import type { Live } from '../../kube/index.ts';
import type { WorkloadSeen } from './observation.ts';

interface Counts {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly currentNumberScheduled?: number;
  readonly numberReady?: number;
  readonly updatedNumberScheduled?: number;
  readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
}

/**
 * Reads the counts of a Deployment, StatefulSet or DaemonSet; `live` is undefined while it does not exist. `refused` is
 * why pods were not made, which the status of a DaemonSet or StatefulSet does not tell.
 */
export function readWorkload(
  kind: string,
  name: string,
  live: Live | undefined,
  refused?: WorkloadSeen['hindrance'],
): WorkloadSeen {
  if (live === undefined) return { kind, name, exists: false, observed: false, ...none, hindrance: undefined };
  const status = (live['status'] ?? {}) as Counts;
  const spec = (live['spec'] ?? {}) as { replicas?: number };
  const observed = (status.observedGeneration ?? 0) >= (live.metadata.generation ?? 1);
  const base = { kind, name, exists: true, observed, hindrance: hindrance(status) };
  if (kind === 'DaemonSet') {
    return {
      ...base,
      hindrance: (status.currentNumberScheduled ?? 0) < (status.desiredNumberScheduled ?? 0) ? refused : undefined,
      desired: status.desiredNumberScheduled ?? 0,
      ready: status.numberReady ?? 0,
      updated: status.updatedNumberScheduled ?? 0,
      total: status.currentNumberScheduled ?? 0,
    };
  }
  const [desired, total] = [spec.replicas ?? 1, status.replicas ?? 0];
  return {
    ...base,
    hindrance: base.hindrance ?? (total < desired ? refused : undefined),
    desired,
    ready: status.readyReplicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    total,
  };
}

const none = { desired: 0, ready: 0, updated: 0, total: 0 };

function hindrance(status: Counts): WorkloadSeen['hindrance'] {
  const failure = status.conditions?.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
  if (failure) return { reason: 'NoPods', message: failure.message ?? 'its pods cannot be created' };
  const stuck = status.conditions?.find((c) => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded');
  return stuck && { reason: 'Unready', message: stuck.message ?? 'it made no progress in time' };
}
