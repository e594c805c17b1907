import type { Cluster } from '../kube/index.ts';

/** The same cluster, telling of each write that was sent and taken. */
export function counted(cluster: Cluster, onWrite: (kind: string, verb: string) => void): Cluster {
  return {
    read: (ref) => cluster.read(ref),
    select: (apiVersion, kind, labels, namespace) => cluster.select(apiVersion, kind, labels, namespace),
    contentHash: (ref) => cluster.contentHash(ref),
    synced: () => cluster.synced(),
    staleSinceMs: () => cluster.staleSinceMs(),
    async apply(object, unchangedSince) {
      const applied = await cluster.apply(object, unchangedSince);
      if (applied.kind === 'applied') onWrite(object.kind, applied.created ? 'create' : 'apply');
      return applied;
    },
    async remove(ref, options) {
      await cluster.remove(ref, options);
      onWrite(ref.kind, 'delete');
    },
    async patchStatus(ref, status) {
      await cluster.patchStatus(ref, status);
      onWrite(ref.kind, 'status');
    },
    async patchMeta(ref, patch) {
      await cluster.patchMeta(ref, patch);
      onWrite(ref.kind, 'patch');
    },
    async event(about, event) {
      await cluster.event(about, event);
      onWrite('Event', 'create');
    },
  };
}
