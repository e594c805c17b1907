import { createHash } from 'node:crypto';
import type { Stack } from '../api/index.ts';
import { NotFound, refOf, type Cluster } from '../kube/index.ts';
import { samplingName, type KubeObject, type Plan } from '../stack/index.ts';

/** Annotation of the sampler's pods that makes their kubelet look at the ConfigMap now instead of within a minute. */
export const samplingHashAnnotation = 'ostack.io/sampling-hash';

/** Hash of the sampling data a plan renders; what the samplers read once the kubelet has brought it. */
export function samplingHash(plan: Plan, stack: Pick<Stack, 'name' | 'namespace'>): string {
  const data = plan.components.flatMap((c) => c.objects).find((o) => isSamplingData(o, stack))?.['data'];
  return createHash('sha256')
    .update(JSON.stringify(data ?? {}))
    .digest('hex')
    .slice(0, 16);
}

export function isSamplingData(object: KubeObject, stack: Pick<Stack, 'name' | 'namespace'>): boolean {
  return object.kind === 'ConfigMap' && object.metadata.name === samplingName(stack);
}

/** Touches each running sampler pod once for this hash. Pods started later read the new data anyway. */
export async function nudgeSamplers(
  cluster: Pick<Cluster, 'select' | 'patchMeta'>,
  stack: Pick<Stack, 'name' | 'namespace'>,
  hash: string,
): Promise<void> {
  const selector = { 'app.kubernetes.io/name': 'alloy-sampler', 'app.kubernetes.io/instance': stack.name };
  const pods = cluster.select('v1', 'Pod', selector, stack.namespace);
  const behind = pods.filter((pod) => pod.metadata.annotations?.[samplingHashAnnotation] !== hash);
  await Promise.all(
    behind.map((pod) =>
      cluster
        .patchMeta(refOf(pod), { metadata: { annotations: { [samplingHashAnnotation]: hash } } })
        .catch((error) => {
          if (!(error instanceof NotFound)) throw error;
        }),
    ),
  );
}
