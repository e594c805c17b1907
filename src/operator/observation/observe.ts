import type { Stack } from '../../api/index.ts';
import type { Cluster, Live } from '../../kube/index.ts';
import type { KubeObject } from '../../stack/index.ts';
import { readClaim } from './claim.ts';
import type { Expected, ExpectedWorkload } from './expected.ts';
import type { ClaimSeen, ComponentSeen } from './observation.ts';
import { worstTrouble } from './trouble.ts';
import { refusedPods } from './refused-pods.ts';
import { readWorkload } from './workload.ts';

type Named = Pick<Stack, 'name' | 'namespace'>;

/** Counts, pods and volumes of everything expected; from the store, no request is made. */
export function observe(
  cluster: Pick<Cluster, 'read' | 'select'>,
  stack: Named,
  expected: Expected,
): { readonly components: readonly ComponentSeen[]; readonly claims: readonly ClaimSeen[] } {
  const components = expected.components.map((component): ComponentSeen => {
    if (!component.enabled) return { name: component.name, enabled: false, workloads: [], trouble: undefined };
    const selector = { 'app.kubernetes.io/name': component.name, 'app.kubernetes.io/instance': stack.name };
    const pods = cluster.select('v1', 'Pod', selector, stack.namespace);
    const workloads = component.workloads.map((w) => {
      const live = liveOf(cluster, stack, w);
      return readWorkload(w.kind, w.name, live, live && refusedPods(cluster, live, pods));
    });
    return { name: component.name, enabled: true, workloads, trouble: worstTrouble(pods) };
  });
  const claims = expected.components.flatMap((component) =>
    component.workloads.flatMap((w) =>
      claimNames(liveOf(cluster, stack, w) ?? w.rendered).map((name): ClaimSeen => {
        const live = cluster.read({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          namespace: stack.namespace,
          name,
        });
        return { name, component: component.name, ...readClaim(cluster, live) };
      }),
    ),
  );
  return { components, claims };
}

function liveOf(cluster: Pick<Cluster, 'read'>, stack: Named, w: ExpectedWorkload): Live | undefined {
  return cluster.read({ apiVersion: 'apps/v1', kind: w.kind, namespace: stack.namespace, name: w.name });
}

/** The claims a StatefulSet asks for: `<template>-<set>-<ordinal>`. */
function claimNames(set: KubeObject | Live | undefined): string[] {
  if (set?.kind !== 'StatefulSet') return [];
  const spec = set['spec'] as { replicas?: number; volumeClaimTemplates?: readonly { metadata: { name: string } }[] };
  const ordinals = Array.from({ length: spec.replicas ?? 1 }, (_, n) => n);
  const templates = spec.volumeClaimTemplates ?? [];
  return templates.flatMap((t) => ordinals.map((n) => `${t.metadata.name}-${set.metadata.name}-${n}`));
}
