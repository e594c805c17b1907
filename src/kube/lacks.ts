import { sameQuantity } from '../lib/quantity.ts';
import { sameText } from './digest.ts';
import { keyDefaults, Place } from './list-shapes.ts';
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
  const walk = new Walk();
  walk.fields(rendered, live, Place.root);
  return walk.found;
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

/**
 * One comparison. Every object of every stack is compared in every pass, and nearly all lack nothing: the path is one list
 * that grows and shrinks, and is copied only for what is found.
 */
class Walk {
  readonly found: Lack[] = [];
  private readonly path: Step[];

  constructor(path: readonly Step[] = []) {
    this.path = [...path];
  }

  fields(wanted: Fields, live: Fields, place: Place): void {
    for (const name in wanted) {
      this.path.push(name);
      this.value(wanted[name], live[name], place, name);
      this.path.pop();
    }
  }

  private value(wanted: unknown, live: unknown, around: Place, name: string): void {
    if (live === undefined || live === null) {
      if (!isDropped(wanted, this.path)) this.lacking(live);
    } else if (Array.isArray(wanted)) {
      if (Array.isArray(live)) this.list(wanted, live, around.below(name));
      else this.lacking(live);
    } else if (isFields(wanted)) {
      const place = around.below(name);
      if (!isFields(live)) this.lacking(live);
      else if (!place.isAtomic) this.fields(wanted, live, place);
      else if (!sameWhole(wanted, live, this.path)) this.lacking(live);
    } else if (!sameScalar(wanted, live, this.path)) this.lacking(live);
  }

  private list(wanted: readonly unknown[], live: readonly unknown[], place: Place): void {
    const { shape } = place;
    if (shape.kind === 'atomic') {
      if (!sameWhole(wanted, live, this.path)) this.lacking(live);
    } else if (shape.kind === 'set') {
      for (const value of wanted) if (!live.includes(value)) this.missing({ value });
    } else {
      for (const item of wanted as Fields[])
        this.item(item, wanted as Fields[], live as Fields[], { keys: shape.keys, place });
    }
  }

  private item(item: Fields, wanted: readonly Fields[], live: readonly Fields[], { keys, place }: Keyed): void {
    const key = keyOf(item, keys);
    const match = live.find((candidate) => sameKey(candidate, item, keys));
    if (match === undefined) {
      const strangers = live.filter((candidate) => !wanted.some((known) => sameKey(known, candidate, keys)));
      const renamed = strangers.find((candidate) => this.isRenamed(item, candidate, { keys, place }));
      this.missing({ key }, renamed);
      return;
    }
    this.path.push({ key });
    this.fields(item, match, place);
    this.path.pop();
  }

  /** True if an item is the wanted one in everything but its key, and is more than a key. */
  private isRenamed(wanted: Fields, candidate: Fields, { keys, place }: Keyed): boolean {
    const content = Object.fromEntries(Object.entries(wanted).filter(([name]) => !keys.includes(name)));
    if (Object.keys(content).length === 0) return false;
    const walk = new Walk([...this.path, { key: {} }]);
    walk.fields(content, candidate, place);
    return walk.found.length === 0;
  }

  private lacking(live: unknown): void {
    this.found.push({ path: [...this.path], live });
  }

  private missing(step: Step, renamed?: Fields): void {
    this.found.push({ path: [...this.path, step], live: undefined, ...(renamed !== undefined && { renamed }) });
  }
}

interface Keyed {
  readonly keys: readonly string[];
  readonly place: Place;
}

function sameScalar(wanted: unknown, live: unknown, path: readonly Step[]): boolean {
  if (wanted === live) return true;
  if (path.length === 2 && (path[0] === 'data' || path[0] === 'binaryData')) return sameText(String(wanted), live);
  return isQuantity(path) && sameQuantity(wanted, live);
}

/** Compares values that one manager owns as a whole: what is there and not wanted counts too, unless the server adds it. */
function sameWhole(wanted: unknown, live: unknown, path: readonly Step[]): boolean {
  if (live === undefined || live === null) return isDropped(wanted, path);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || wanted.length !== live.length) return false;
    return wanted.every((item, index) => sameWhole(item, live[index], [...path, { value: index }]));
  }
  if (!isFields(wanted)) return sameScalar(wanted, live, path);
  if (!isFields(live)) return false;
  for (const name in wanted) if (!sameWhole(wanted[name], live[name], [...path, name])) return false;
  for (const name in live) if (!(name in wanted) && !isFilledIn(name, live[name])) return false;
  return true;
}

function keyOf(item: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((name) => [name, keyValue(item, name)]));
}

function sameKey(a: Fields, b: Fields, keys: readonly string[]): boolean {
  return keys.every((name) => keyValue(a, name) === keyValue(b, name));
}

const keyValue = (item: Fields, name: string): unknown => item[name] ?? keyDefaults[name];

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
