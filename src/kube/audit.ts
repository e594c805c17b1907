import type { Listed } from './list.ts';
import { isNewer } from './resource.ts';
import type { Store } from './store.ts';

/** Version of every object in a store, by namespace and name. */
export type Versions = ReadonlyMap<string, string>;

const keyOf = (metadata: { name: string; namespace?: string }) => `${metadata.namespace ?? ''}/${metadata.name}`;

export function versionsOf(store: Store): Versions {
  return new Map([...store.all()].map(({ metadata }) => [keyOf(metadata), metadata.resourceVersion]));
}

/**
 * How many additions and changes a store had not been told of when it held `held` after watching up to version `seen`:
 * objects of a list not older than `seen` whose version it should have known and did not.
 */
export function missedChanges(held: Versions, seen: string, list: Listed): number {
  return list.items.filter(({ metadata }) => {
    // A version the watch had not reached yet is late, not missed.
    if (isNewer(metadata.resourceVersion, seen)) return false;
    const stored = held.get(keyOf(metadata));
    return stored === undefined || isNewer(metadata.resourceVersion, stored);
  }).length;
}

/** Objects a store still holds although they were gone when the list was read. Call it once the watch had time to tell. */
export function missedRemovals(store: Store, list: Listed): number {
  const listed = new Set(list.items.map(({ metadata }) => keyOf(metadata)));
  return [...store.all()].filter(
    ({ metadata }) => !listed.has(keyOf(metadata)) && !isNewer(metadata.resourceVersion, list.resourceVersion),
  ).length;
}
