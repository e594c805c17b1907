import type { Cluster, KubeObject, Live, Ref } from '../kube/index.ts';

/**
 * Leaves the replica count to a HorizontalPodAutoscaler that aims at this workload, by asking for what is there. Leaving
 * the field out instead would make the server fall back to 1 until the autoscaler speaks again.
 */
export function withLiveReplicas(
  cluster: Pick<Cluster, 'select'>,
  object: KubeObject,
  live: Live | undefined,
): KubeObject {
  const spec = object['spec'] as { replicas?: number } | undefined;
  const current = (live?.['spec'] as { replicas?: number } | undefined)?.replicas;
  if (
    spec?.replicas === undefined ||
    current === undefined ||
    !isAutoscaled(cluster, { kind: object.kind, ...object.metadata })
  )
    return object;
  return { ...object, spec: { ...spec, replicas: current } };
}

/** Whether a HorizontalPodAutoscaler aims at this workload. */
export function isAutoscaled(
  cluster: Pick<Cluster, 'select'>,
  { kind, name, namespace }: Pick<Ref, 'kind' | 'name' | 'namespace'>,
): boolean {
  return cluster.select('autoscaling/v2', 'HorizontalPodAutoscaler', {}, namespace).some((autoscaler) => {
    const target = (autoscaler['spec'] as { scaleTargetRef?: { kind?: string; name?: string } }).scaleTargetRef;
    return target?.kind === kind && target.name === name;
  });
}
