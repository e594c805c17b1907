import type { Flaw } from '../schema/index.ts';

type Path = readonly string[];

const labelled: readonly Path[] = [
  ['metadata', 'labels'],
  ['spec', 'template', 'metadata', 'labels'],
];

const labels = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/managed-by',
  'ostack.io/stack',
  'ostack.io/namespace',
];

const owned: readonly Path[] = [
  ['apiVersion'],
  ['kind'],
  ['status'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'ownerReferences'],
  ['metadata', 'finalizers'],
  ['spec', 'selector'],
  ['spec', 'volumeClaimTemplates'],
  ...labelled.flatMap((path) => labels.map((label) => [...path, label])),
];

/** What holds owned fields, so that it can be patched inside only. */
const holders: readonly Path[] = [
  ['metadata'],
  ['spec'],
  ['spec', 'template'],
  ['spec', 'template', 'metadata'],
  ...labelled,
];

/** Fields by which objects and pods are found again: a patch of them would make orphans. */
export function ownedFields(patch: Readonly<Record<string, unknown>>): readonly Flaw[] {
  return [
    ...owned
      .filter((path) => valueAt(patch, path) !== undefined)
      .map((path) => ({
        at: textOf(path),
        reason: 'is how the operator finds its objects again',
        fix: 'leave it out of the patch',
      })),
    ...holders
      .filter((path) => isReplaced(valueAt(patch, path)))
      .map((path) => ({
        at: textOf(path),
        reason: 'would take away what is below it, by which the operator finds its objects again',
        fix: 'patch single fields below it',
      })),
  ];
}

/** By null, which removes it, or by anything that holds no fields. */
function isReplaced(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value));
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? valueAt(Reflect.get(value, key), rest)
    : undefined;
}

function textOf(path: Path): string {
  return path.map((key) => (key.includes('/') ? `["${key}"]` : `.${key}`)).join('');
}
