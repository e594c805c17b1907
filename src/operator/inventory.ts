import type { KubeObject, Live, Ref } from '../kube/index.ts';
import type { Plan } from '../stack/index.ts';

/** One object this stack has made, as listed in `status.inventory`. */
export interface InventoryEntry {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Everything a plan renders, sorted, so that equal plans have equal inventories. */
export function inventoryOf(plan: Plan): InventoryEntry[] {
  return plan.components.flatMap((c) => c.objects.map(entryOf)).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What was made once and is rendered no more. */
export function surplus(made: readonly InventoryEntry[], rendered: readonly InventoryEntry[]): InventoryEntry[] {
  const kept = new Set(rendered.map(keyOf));
  const candidates = new Map(made.map((entry) => [keyOf(entry), entry]));
  return [...candidates].filter(([key]) => !kept.has(key)).map(([, entry]) => entry);
}

export function entryOf(object: KubeObject | Live): InventoryEntry {
  const { apiVersion, kind, metadata } = object;
  const scope = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return { apiVersion, kind, ...scope, name: metadata.name };
}

/** Group and kind without the version: the same object after an upgrade of its API is still the same object. */
export function keyOf(ref: Ref): string {
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.slice(0, ref.apiVersion.indexOf('/')) : '';
  return `${group}/${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}
