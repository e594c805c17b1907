import { group, kind, version, type Stack } from '../api/index.ts';
import type { KubeObject, Live } from '../kube/index.ts';

type Owner = Pick<Stack, 'name' | 'namespace' | 'uid'>;

/** Label of cluster-scoped children: a label names the stack, and this one says in which namespace it lives. */
export const namespaceLabel = 'ostack.io/namespace';
export const stackLabel = 'ostack.io/stack';

/**
 * The object as applied: a namespaced child points at its stack, so that the garbage collector and Argo CD know; an owner
 * reference cannot point from the cluster into a namespace, so a cluster-scoped one gets a label.
 */
export function adopted(object: KubeObject, owner: Owner): KubeObject {
  const { metadata } = object;
  if (metadata.namespace === undefined) {
    return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [namespaceLabel]: owner.namespace } } };
  }
  const reference = {
    apiVersion: `${group}/${version}`,
    kind,
    name: owner.name,
    uid: owner.uid,
    controller: true,
    // True would need the right to update finalizers of the stack and make a deletion wait for us.
    blockOwnerDeletion: false,
  };
  return { ...object, metadata: { ...metadata, ownerReferences: [reference] } };
}

/** Whether a live object is this stack's own, so that it may be deleted or released. */
export function isOurs(live: Live, owner: Owner): boolean {
  const labels = live.metadata.labels ?? {};
  if (labels['app.kubernetes.io/managed-by'] !== 'ostack' || labels[stackLabel] !== owner.name) return false;
  if (live.metadata.namespace === undefined) return labels[namespaceLabel] === owner.namespace;
  return live.metadata.ownerReferences?.some((r) => r.uid === owner.uid) ?? false;
}

/** The other stack, `namespace/name`, that a live cluster-scoped object belongs to, if it does. */
export function otherOwner(live: Live, owner: Owner): string | undefined {
  const labels = live.metadata.labels ?? {};
  const [namespace, name] = [labels[namespaceLabel], labels[stackLabel]];
  if (live.metadata.namespace !== undefined || namespace === undefined || name === undefined) return undefined;
  return namespace === owner.namespace && name === owner.name ? undefined : `${namespace}/${name}`;
}

/** Whether a volume claim is one of this stack's: by the labels its StatefulSet gives it and by its name. */
export function isOurClaim(claim: Live, owner: Owner): boolean {
  const labels = claim.metadata.labels ?? {};
  const component = labels['app.kubernetes.io/name'];
  if (claim.metadata.namespace !== owner.namespace || labels['app.kubernetes.io/instance'] !== owner.name) return false;
  return component !== undefined && claim.metadata.name.startsWith(`data-${owner.name}-${component}-`);
}
