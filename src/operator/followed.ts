import { createHash } from 'node:crypto';
import type { Stack } from '../api/index.ts';
import { NotFound, refOf, type Cluster } from '../kube/index.ts';
import { agentConfigName, samplingName, type ComponentName, type KubeObject, type Plan } from '../stack/index.ts';

type Named = Pick<Stack, 'name' | 'namespace'>;

/** A ConfigMap that running pods follow, so that a change of it restarts nothing. */
export interface Followed {
  readonly component: ComponentName;
  readonly configMap: (stack: Named) => string;
  /** Annotation of the pods that makes their kubelet look at the ConfigMap now instead of within a minute. */
  readonly annotation: string;
}

export const followed = [
  { component: 'alloy-sampler', configMap: samplingName, annotation: 'ostack.io/sampling-hash' },
  { component: 'agent', configMap: agentConfigName, annotation: 'ostack.io/agent-config-hash' },
] as const satisfies readonly Followed[];

/** Hash of the data a plan renders for a followed ConfigMap; what the pods read once the kubelet has brought it. */
export function followedHash(plan: Plan, stack: Named, { configMap }: Followed): string {
  const objects = plan.components.flatMap((component) => component.objects);
  const data = objects.find((object) => isFollowed(object, stack, configMap))?.['data'];
  return createHash('sha256')
    .update(JSON.stringify(data ?? {}))
    .digest('hex')
    .slice(0, 16);
}

export function isFollowed(object: KubeObject, stack: Named, configMap: Followed['configMap']): boolean {
  return object.kind === 'ConfigMap' && object.metadata.name === configMap(stack);
}

/** Touches each running pod that follows once for this hash. Pods started later read the new data anyway. */
export async function nudge(
  cluster: Pick<Cluster, 'select' | 'patchMeta'>,
  stack: Named,
  { component, annotation }: Followed,
  hash: string,
): Promise<void> {
  const selector = { 'app.kubernetes.io/name': component, 'app.kubernetes.io/instance': stack.name };
  const pods = cluster.select('v1', 'Pod', selector, stack.namespace);
  const behind = pods.filter((pod) => pod.metadata.annotations?.[annotation] !== hash);
  await Promise.all(
    behind.map((pod) =>
      cluster.patchMeta(refOf(pod), { metadata: { annotations: { [annotation]: hash } } }).catch((error) => {
        if (!(error instanceof NotFound)) throw error;
      }),
    ),
  );
}
