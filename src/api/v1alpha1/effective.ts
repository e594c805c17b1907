import { parseQuantity } from '../../lib/quantity.ts';
import { sizes } from './sizes.ts';
import type { GivenSpec, Spec } from './spec.ts';

/** Fills what the user left to `spec.size`. Pure; giving it its own result changes nothing. */
export function effective(given: GivenSpec): Spec {
  return lay(sizes[given.size], given) as unknown as Spec;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The given value over that of the size; an object of both is laid field by field. */
function lay(under: object, over: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under, ...over };
  for (const [key, below] of Object.entries(under)) {
    const above: unknown = Reflect.get(over, key);
    if (isObject(below) && isObject(above))
      merged[key] = key === 'resources' ? fitted(below, above) : lay(below, above);
  }
  return merged;
}

/** Requests and limits of a pod: where the user wrote only one of the two, the other gives way. */
function fitted(under: object, over: object): Record<string, unknown> {
  const merged = lay(under, over) as Record<'requests' | 'limits', Record<string, string>>;
  for (const unit of ['cpu', 'memory']) {
    const [request, limit] = [merged.requests[unit], merged.limits[unit]];
    if (request === undefined || limit === undefined) continue;
    if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? Infinity)) continue;
    if (isWritten(over, 'limits', unit)) merged.requests[unit] = limit;
    else merged.limits[unit] = request;
  }
  return merged;
}

function isWritten(resources: object, part: string, unit: string): boolean {
  const written: unknown = Reflect.get(resources, part);
  return isObject(written) && written[unit] !== undefined;
}
