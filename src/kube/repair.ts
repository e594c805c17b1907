import type { Lack, Step } from './lacks.ts';
import type { KubeObject, Live } from './resource.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A merge patch that puts our value where applying cannot: apply adds our item or member beside a foreign one (a port
 * under its old name, a second probe handler), and the sum is refused. Each lacking field's surroundings, up to the next
 * list or the object around it, become exactly what we render.
 */
export function repairPatch(live: Live, rendered: KubeObject, lacking: readonly Lack[]): Fields {
  const patch: Record<string, unknown> = {};
  for (const { path } of lacking) {
    const item = path.findIndex((step) => typeof step !== 'string');
    const around = (item < 0 ? path.slice(0, -1) : path.slice(0, item)) as string[];
    // Directly below spec or metadata the neighbours are other people's business.
    const place = around.length < 2 ? (path as string[]) : around;
    if (place[0] === 'metadata') continue;
    put(patch, place, replacement(valueAt(rendered, place), valueAt(live, place)));
  }
  return patch;
}

/**
 * A merge patch that takes items away that are ours under another name, given the object after ours were put back;
 * everything else in their lists stays. Undefined if there are none.
 */
export function withoutRenamed(live: Live, lacking: readonly Lack[]): Fields | undefined {
  const renamed = new Set(
    lacking.filter((lack) => lack.renamed !== undefined).map((lack) => JSON.stringify(lack.renamed)),
  );
  if (renamed.size === 0) return undefined;
  const patch: Record<string, unknown> = {};
  for (const lack of lacking) {
    if (lack.renamed === undefined) continue;
    const item = lack.path.findIndex((step) => typeof step !== 'string');
    const place = lack.path.slice(0, item) as string[];
    put(patch, place, without(valueAt(live, place), renamed));
  }
  return patch;
}

function without(value: unknown, unwanted: ReadonlySet<string>): unknown {
  if (Array.isArray(value))
    return value.filter((item) => !unwanted.has(JSON.stringify(item))).map((item) => without(item, unwanted));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, without(inner, unwanted)]));
}

function replacement(wanted: unknown, live: unknown): unknown {
  if (!isFields(wanted) || !isFields(live)) return wanted;
  const foreign = Object.keys(live).filter((name) => !(name in wanted));
  return { ...wanted, ...Object.fromEntries(foreign.map((name) => [name, null])) };
}

function put(patch: Record<string, unknown>, place: readonly string[], value: unknown): void {
  const [name, ...rest] = place;
  if (rest.length === 0) patch[name!] = value;
  else put((patch[name!] ??= {}) as Record<string, unknown>, rest, value);
}

function valueAt(object: unknown, place: readonly Step[]): unknown {
  return place.reduce<unknown>((here, step) => (here as Fields | undefined)?.[step as string], object);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
