import type { Flaw } from '../schema/index.ts';

const owned: readonly (readonly string[])[] = [
  ['apiVersion'],
  ['kind'],
  ['status'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'ownerReferences'],
  ['metadata', 'finalizers'],
  ['spec', 'selector'],
  ['spec', 'volumeClaimTemplates'],
];

/** Fields by which objects are found again: a patch of them would make orphans. */
export function ownedFields(patch: Readonly<Record<string, unknown>>): readonly Flaw[] {
  return owned
    .filter((path) => isWritten(patch, path))
    .map((path) => ({
      at: `.${path.join('.')}`,
      reason: 'is how the operator finds its objects again',
      fix: 'leave it out of the patch',
    }));
}

function isWritten(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) && isWritten(Reflect.get(value, key), rest)
  );
}
