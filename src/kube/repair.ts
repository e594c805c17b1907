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
