import { createHash } from 'node:crypto';
import type { KubeObject } from './resource.ts';

/** Tells which rendering an object was last applied from; without it a field we stopped rendering would stay for ever. */
export const renderingAnnotation = 'ostack.io/rendering';

// The objects of a plan stay the same from pass to pass, and a hash of them all takes longer than the rest of a pass.
const known = new WeakMap<KubeObject, KubeObject>();

/**
 * An object as it is sent and compared: no nulls, the plain text of a Secret as data (the server never shows it
 * otherwise), and the hash of all this in an annotation. Remembered for as long as the object is.
 */
export function toRendering(object: KubeObject): KubeObject {
  const rendering = known.get(object) ?? render(object);
  known.set(object, rendering);
  return rendering;
}

function render(object: KubeObject): KubeObject {
  const whole = encodeSecret(withoutNulls(object) as KubeObject);
  const annotations = { ...whole.metadata.annotations, [renderingAnnotation]: hashOf(whole) };
  return { ...whole, metadata: { ...whole.metadata, annotations } };
}

/** A short hash of a value that does not depend on the order of its fields. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The value itself where it holds no nulls, which is nearly everywhere. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const fields = Object.entries(value);
  const kept = fields.flatMap(([name, inner]) =>
    inner === undefined || inner === null ? [] : [[name, withoutNulls(inner), inner] as const],
  );
  if (kept.length === fields.length && kept.every(([, made, inner]) => made === inner)) return value;
  return Object.fromEntries(kept.map(([name, made]) => [name, made]));
}

function encodeSecret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || stringData === undefined) return object;
  const encoded = Object.entries(stringData as Record<string, string>).map(([name, text]) => [
    name,
    Buffer.from(text).toString('base64'),
  ]);
  return { ...rest, data: { ...(rest['data'] as object | undefined), ...Object.fromEntries(encoded) } };
}
