import { refOf, type Cluster, type Live } from '../kube/index.ts';

/** Held only by stacks with something the garbage collector does not clean up. */
export const finalizer = 'ostack.io/cleanup';

export const hasFinalizer = (stack: Live): boolean => stack.metadata.finalizers?.includes(finalizer) ?? false;

/** Adds or takes away our finalizer, unless it is so already. Throws Conflict if the stack changed meanwhile. */
export async function setFinalizer(cluster: Pick<Cluster, 'patchMeta'>, stack: Live, wanted: boolean): Promise<void> {
  if (hasFinalizer(stack) === wanted) return;
  const others = (stack.metadata.finalizers ?? []).filter((f) => f !== finalizer);
  const finalizers = wanted ? [...others, finalizer] : others;
  // The version makes sure that no finalizer somebody adds right now is lost.
  const { resourceVersion } = stack.metadata;
  await cluster.patchMeta(refOf(stack), { metadata: { resourceVersion, finalizers } });
}
