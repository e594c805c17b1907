import { sameQuantity } from '../lib/quantity.ts';
import { sameText } from './digest.ts';
import { isAtomicObject, keyDefaults, listShape } from './list-shapes.ts';
import type { KubeObject, Live } from './resource.ts';

/** A step from the root of an object: a field, or an item of a list by its merge key or value. */
export type Step = string | { readonly key: Readonly<Record<string, unknown>> } | { readonly value: unknown };

/** A rendered field whose live value is another. */
export interface Lack {
  readonly path: readonly Step[];
  /** The live value there; undefined if there is none. */
  readonly live: unknown;
  /** The item of a live list that is ours under another key: somebody renamed it. */
  readonly renamed?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a live object lacks of a rendered one. Fields we do not render are not looked at, wherever the API server lets
 * them have another owner; quantities are compared by amount, keyed lists by key, and what the server drops as empty
 * counts as equal. `rendered` comes from `toRendering`.
 */
export function lacks(live: Live, rendered: KubeObject): Lack[] {
  const found: Lack[] = [];
  compareFields(rendered, live, [], found, false);
  return found;
}

/** `.spec.ports[port=80,protocol=TCP].targetPort` */
export function textOfPath(path: readonly Step[]): string {
  return path
    .map((step) => {
      if (typeof step === 'string') return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
      if ('value' in step) return `[=${JSON.stringify(step.value)}]`;
      return `[${Object.entries(step.key)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(',')}]`;
    })
    .join('');
}

function compare(wanted: unknown, live: unknown, path: readonly Step[], found: Lack[], whole: boolean): void {
  if (live === undefined || live === null) {
    if (!isDropped(wanted, path)) found.push({ path, live });
  } else if (Array.isArray(wanted)) {
    if (Array.isArray(live)) compareLists(wanted, live, path, found, whole);
    else found.push({ path, live });
  } else if (isFields(wanted)) {
    if (!isFields(live)) found.push({ path, live });
    else if (!whole && isAtomicObject(fieldsOf(path))) {
      const inside: Lack[] = [];
      compareFields(wanted, live, path, inside, true);
      if (inside.length > 0) found.push({ path, live });
    } else compareFields(wanted, live, path, found, whole);
  } else if (!sameScalar(wanted, live, path)) found.push({ path, live });
}

function sameScalar(wanted: unknown, live: unknown, path: readonly Step[]): boolean {
  if (wanted === live) return true;
  if (path.length === 2 && (path[0] === 'data' || path[0] === 'binaryData')) return sameText(String(wanted), live);
  return isQuantity(path) && sameQuantity(wanted, live);
}

function compareFields(wanted: Fields, live: Fields, path: readonly Step[], found: Lack[], whole: boolean): void {
  for (const [name, value] of Object.entries(wanted)) compare(value, live[name], [...path, name], found, whole);
  if (!whole) return;
  for (const [name, value] of Object.entries(live))
    if (!(name in wanted) && !isFilledIn(name, value)) found.push({ path: [...path, name], live: value });
}

function compareLists(
  wanted: readonly unknown[],
  live: readonly unknown[],
  path: readonly Step[],
  found: Lack[],
  whole: boolean,
): void {
  const shape = whole ? ({ kind: 'atomic' } as const) : listShape(fieldsOf(path));
  if (shape.kind === 'atomic') {
    const inside: Lack[] = [];
    if (wanted.length === live.length)
      wanted.forEach((item, index) => compare(item, live[index], [...path, { value: index }], inside, true));
    if (wanted.length !== live.length || inside.length > 0) found.push({ path, live });
  } else if (shape.kind === 'set') {
    for (const value of wanted) if (!live.includes(value)) found.push({ path: [...path, { value }], live: undefined });
  } else {
    for (const item of wanted as Fields[]) {
      const key = keyOf(item, shape.keys);
      const match = (live as Fields[]).find((candidate) => sameKey(keyOf(candidate, shape.keys), key));
      if (match === undefined) {
        const strangers = (live as Fields[]).filter(
          (candidate) =>
            !(wanted as Fields[]).some((known) => sameKey(keyOf(known, shape.keys), keyOf(candidate, shape.keys))),
        );
        const renamed = strangers.find((candidate) => isRenamed(item, candidate, shape.keys, path));
        found.push({ path: [...path, { key }], live: undefined, ...(renamed !== undefined && { renamed }) });
      } else compareFields(item, match, [...path, { key }], found, false);
    }
  }
}

/** True if an item is the wanted one in everything but its key, and is more than a key. */
function isRenamed(wanted: Fields, candidate: Fields, keys: readonly string[], path: readonly Step[]): boolean {
  const content = Object.fromEntries(Object.entries(wanted).filter(([name]) => !keys.includes(name)));
  if (Object.keys(content).length === 0) return false;
  const inside: Lack[] = [];
  compareFields(content, candidate, [...path, { key: {} }], inside, false);
  return inside.length === 0;
}

function keyOf(item: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((name) => [name, item[name] ?? keyDefaults[name]]));
}

function sameKey(a: Fields, b: Fields): boolean {
  return Object.keys(a).every((name) => a[name] === b[name]);
}

/** Field names of a path, without list items: what the tables of shapes are keyed by. */
function fieldsOf(path: readonly Step[]): string[] {
  return path.filter((step) => typeof step === 'string');
}

const amounts = new Set(['requests', 'limits', 'overhead', 'hard', 'capacity']);

function isQuantity(path: readonly Step[]): boolean {
  const [parent, name] = path.slice(-2);
  return amounts.has(parent as string) || name === 'sizeLimit' || name === 'divisor';
}

// Their presence says something even when they are empty: every pod, a volume of this sort, a context of our own.
const meaningfulWhenEmpty = new Set(['emptyDir', 'podSelector', 'namespaceSelector', 'labelSelector', 'selector']);
// The server does not store these when they are "", 0 or false.
const droppedWhenZero = new Set([
  'value',
  'subPath',
  'message',
  'medium',
  'serviceName',
  'apiGroup',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'readOnly',
  'stdin',
  'stdinOnce',
  'tty',
  'paused',
  'minReadySeconds',
  'publishNotReadyAddresses',
]);

function isDropped(wanted: unknown, path: readonly Step[]): boolean {
  const name = path.at(-1) as string;
  if (wanted === undefined || wanted === null) return true;
  if (Array.isArray(wanted)) return wanted.length === 0;
  if (isFields(wanted)) return Object.keys(wanted).length === 0 && !meaningfulWhenEmpty.has(name);
  // Keys of a map are data, not fields: an empty value under them is kept.
  if (path.at(-2) === 'data' || path.at(-2) === 'annotations' || path.at(-2) === 'labels') return false;
  return (wanted === '' || wanted === 0 || wanted === false) && droppedWhenZero.has(name);
}

const filledIn: Readonly<Record<string, readonly unknown[]>> = {
  apiVersion: ['v1'],
  kind: ['PersistentVolumeClaim'],
  apiGroup: ['rbac.authorization.k8s.io'],
  divisor: ['0'],
  protocol: ['TCP'],
  volumeMode: ['Filesystem'],
  expirationSeconds: [3600],
};

/** What the server adds by itself inside values that one manager owns as a whole. */
function isFilledIn(name: string, value: unknown): boolean {
  if (value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (isFields(value)) return name === 'status' || Object.keys(value).length === 0;
  return filledIn[name]?.includes(value) ?? false;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
