import type { Step } from './lacks.ts';
import type { KubeObject, Live } from './resource.ts';
import { fieldManager } from './slim.ts';

/** The managers other than us that own a field of this object, as the server recorded it. */
export function ownersOf(live: Live, path: readonly Step[]): string[] {
  const owning = (live.metadata.managedFields ?? []).filter((entry) => owns(entry.fieldsV1 ?? {}, path));
  return [...new Set(owning.map((entry) => entry.manager))];
}

/** Whether an object that has the name of a rendered one was made by somebody else, whatever labels it carries. */
export function isForeign({ metadata }: Live, rendered: KubeObject): boolean {
  const owners = rendered.metadata.ownerReferences ?? [];
  if (owners.length > 0) return !metadata.ownerReferences?.some(({ uid }) => owners.some((owner) => owner.uid === uid));
  // What has no owner, as all that is not in a namespace, was applied by us before or was not.
  return !metadata.managedFields?.some((entry) => entry.manager === fieldManager && entry.operation === 'Apply');
}

function owns(fields: Readonly<Record<string, unknown>>, path: readonly Step[]): boolean {
  let here = fields;
  for (const step of path) {
    const name = Object.keys(here).find((candidate) => matches(candidate, step));
    // A value owned as a whole has no fields of its own in the record.
    if (name === undefined) return Object.keys(here).length === 0;
    here = here[name] as Readonly<Record<string, unknown>>;
  }
  return true;
}

function matches(recorded: string, step: Step): boolean {
  if (typeof step === 'string') return recorded === `f:${step}`;
  if ('value' in step) return recorded === `v:${JSON.stringify(step.value)}`;
  if (!recorded.startsWith('k:')) return false;
  const key = JSON.parse(recorded.slice(2)) as Record<string, unknown>;
  return Object.entries(step.key).every(([name, value]) => key[name] === value);
}
