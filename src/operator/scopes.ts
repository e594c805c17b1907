import { childScope, type Scope } from '../kube/index.ts';
import { stackApiVersion, stackKind } from './stack-key.ts';
import { childKinds } from './kinds.ts';
import { stackLabel } from './ownership.ts';

/** Everything the operator follows, in one namespace or in all. Objects of others are not even sent to us. */
export function scopesOf(namespace: string | undefined): Scope[] {
  const within = namespace === undefined ? {} : { namespace };
  return [
    { apiVersion: stackApiVersion, kind: stackKind, ...within },
    ...childKinds.map(({ apiVersion, kind, namespaced }) => ({
      ...childScope(apiVersion, kind),
      ...(namespaced ? within : {}),
    })),
    { apiVersion: 'v1', kind: 'Pod', labelSelector: stackLabel, ...within },
    // Claims carry the labels of the selector of their StatefulSet, and no others.
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', labelSelector: claimSelector, ...within },
    // Nothing else tells why a DaemonSet or a StatefulSet has no pods; a Deployment has a condition for it.
    { apiVersion: 'v1', kind: 'Event', fieldSelector: refusalSelector, ...within },
    // What a claim that is not bound waits for.
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
    { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...within },
  ];
}

const claimSelector = 'app.kubernetes.io/instance,app.kubernetes.io/name in (alloy-sampler,tempo,mimir,loki,grafana)';
const refusalSelector = 'reason=FailedCreate,involvedObject.apiVersion=apps/v1,involvedObject.kind!=ReplicaSet';
