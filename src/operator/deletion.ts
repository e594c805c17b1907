import { NotFound, refOf, type Cluster, type Live } from '../kube/index.ts';
import { hasFinalizer, setFinalizer } from './finalizer.ts';
import { entryOf } from './inventory.ts';
import { childrenOf, looseClaims, removeAll } from './prune.ts';

/**
 * What a deleted stack leaves to us: cluster-scoped children, which no owner reference can reach, and under
 * `deletionPolicy: Delete` the volumes. Nothing is waited for, so a namespace or CRD that goes first cannot get stuck;
 * namespaced children are the garbage collector's. Throws what kept something from being deleted.
 */
export async function cleanUp(cluster: Cluster, stack: Live): Promise<void> {
  if (!hasFinalizer(stack)) return;
  const spec = (stack['spec'] ?? {}) as { managementState?: string; deletionPolicy?: string };
  // "orphan" is what `kubectl delete --cascade=orphan` leaves here: the user wants to keep everything.
  const released = spec.managementState === 'Unmanaged' || stack.metadata.finalizers?.includes('orphan');
  if (!released) {
    const owner = { name: stack.metadata.name, namespace: stack.metadata.namespace ?? '', uid: stack.metadata.uid };
    const children = childrenOf(cluster, owner);
    const clusterScoped = children.filter((child) => child.metadata.namespace === undefined);
    const deleteData = spec.deletionPolicy === 'Delete';
    // Without its StatefulSet no claim is made anew.
    const sets = deleteData ? children.filter((child) => child.kind === 'StatefulSet') : [];
    const failed = await removeAll(cluster, [...sets, ...clusterScoped].map(entryOf));
    const claims = deleteData ? looseClaims(cluster, owner, []) : [];
    const stuck = [...failed, ...(await removeAll(cluster, claims.map(entryOf)))];
    const real = stuck.filter(({ error }) => !(error instanceof NotFound));
    if (real[0]) throw real[0].error;
  }
  await setFinalizer(cluster, stack, false).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
  });
}

/** Takes our owner references off every child, so that they outlive the stack. */
export async function release(cluster: Cluster, stack: Live): Promise<void> {
  const owner = { name: stack.metadata.name, namespace: stack.metadata.namespace ?? '', uid: stack.metadata.uid };
  const children = childrenOf(cluster, owner).filter((child) => child.metadata.namespace !== undefined);
  await Promise.all(
    children.map((child) => {
      const kept = (child.metadata.ownerReferences ?? []).filter((r) => r.uid !== owner.uid);
      const { resourceVersion } = child.metadata;
      const ownerReferences = kept.length === 0 ? null : kept;
      return cluster.patchMeta(refOf(child), { metadata: { resourceVersion, ownerReferences } });
    }),
  );
  await setFinalizer(cluster, stack, false);
}
