import type { Cluster, Live } from '../kube/index.ts';
import { entryOf, keyOf, surplus, type InventoryEntry } from './inventory.ts';
import { isOurClaim, isOurs, stackLabel } from './ownership.ts';
import { childKinds } from './kinds.ts';

interface Owner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/**
 * What this stack has made and renders no more: the inventory of its status, and whatever the store shows with our labels
 * and owner, so that a crash between a create and the status leaves nothing behind. Only what is still ours is named.
 */
export function leftovers(
  cluster: Pick<Cluster, 'read' | 'select'>,
  owner: Owner,
  made: readonly InventoryEntry[],
  rendered: readonly InventoryEntry[],
): InventoryEntry[] {
  const seen = childrenOf(cluster, owner).map(entryOf);
  return surplus([...made, ...seen], rendered).filter((entry) => {
    const live = readAny(cluster, entry);
    return live !== undefined && live.metadata.deletionTimestamp === undefined && isOurs(live, owner);
  });
}

/** Every live object that is this stack's own. */
export function childrenOf(cluster: Pick<Cluster, 'select'>, owner: Owner): Live[] {
  return childKinds.flatMap(({ apiVersion, kind, namespaced }) =>
    cluster
      .select(apiVersion, kind, { [stackLabel]: owner.name }, namespaced ? owner.namespace : undefined)
      .filter((live) => isOurs(live, owner)),
  );
}

/** Volume claims of components that are not in `keep`. */
export function looseClaims(cluster: Pick<Cluster, 'select'>, owner: Owner, keep: readonly string[]): Live[] {
  return cluster
    .select('v1', 'PersistentVolumeClaim', { 'app.kubernetes.io/instance': owner.name }, owner.namespace)
    .filter((claim) => isOurClaim(claim, owner) && claim.metadata.deletionTimestamp === undefined)
    .filter((claim) => !keep.includes(claim.metadata.labels?.['app.kubernetes.io/name'] ?? ''));
}

/** Deletes each; the entries that could not be deleted come back with the reason. */
export async function removeAll(
  cluster: Pick<Cluster, 'remove'>,
  entries: readonly InventoryEntry[],
): Promise<readonly { readonly entry: InventoryEntry; readonly error: Error }[]> {
  const results = await Promise.allSettled(entries.map((entry) => cluster.remove(entry)));
  return results.flatMap((r, i) => (r.status === 'rejected' ? [{ entry: entries[i]!, error: r.reason as Error }] : []));
}

function readAny(cluster: Pick<Cluster, 'read'>, entry: InventoryEntry): Live | undefined {
  const known = childKinds.find((k) => keyOf({ ...entry, ...k }) === keyOf(entry));
  return known && cluster.read({ ...entry, apiVersion: known.apiVersion });
}
