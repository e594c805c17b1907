import { hash } from 'node:crypto';
import type { KubeObject } from './resource.ts';

/** Tells which rendering an object was last applied from; without it a field we stopped rendering would stay for ever. */
export const renderingAnnotation = 'ostack.io/rendering';

type Fields = Readonly<Record<string, unknown>>;

// The objects of a plan stay the same from pass to pass, and a hash of them all takes longer than the rest of a pass.
const known = new WeakMap<KubeObject, KubeObject>();

/**
 * An object as it is sent and compared: no nulls, the plain text of a Secret as data (the server never shows it
 * otherwise), and the hash of all this in an annotation. Remembered for as long as the object is; the rendering of a
 * rendering is itself.
 */
export function toRendering(object: KubeObject): KubeObject {
  return known.get(object) ?? asRendering(render(object), object);
}

/** Takes an object for a rendering that was made before and comes back from where it was kept; `of` is what it was made from. */
export function asRendering(rendering: KubeObject, of = rendering): KubeObject {
  known.set(of, rendering);
  known.set(rendering, rendering);
  return rendering;
}

/** Tells one rendering of an object from every other. */
export function renderingHash(rendering: KubeObject): string {
  return rendering.metadata.annotations?.[renderingAnnotation] ?? '';
}

function render(object: KubeObject): KubeObject {
  const whole = encodeSecret(withoutNulls(unmarked(object)) as KubeObject);
  const annotations = { ...whole.metadata.annotations, [renderingAnnotation]: hashOf(whole) };
  return { ...whole, metadata: { ...whole.metadata, annotations } };
}

/** A rendering with something changed is hashed anew, as if it had never had the mark of the one it was made from. */
function unmarked(object: KubeObject): KubeObject {
  if (object.metadata.annotations?.[renderingAnnotation] === undefined) return object;
  const { annotations, ...metadata } = object.metadata;
  const { [renderingAnnotation]: _mark, ...others } = annotations!;
  return { ...object, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
}

/** A short hash of a value that does not depend on the order of its fields. */
export function hashOf(value: unknown): string {
  return hash('sha256', canonical(value), 'hex').slice(0, 32);
}

// Every object of every plan comes through here: written so that it leaves next to nothing to collect.
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonical(item)}`;
    return `[${text}]`;
  }
  for (const name of sortedNames(value)) {
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical((value as Fields)[name])}`;
  }
  return `{${text}}`;
}

/** Plans come sorted, so there is nearly never anything to do. */
function sortedNames(value: object): readonly string[] {
  const names = Object.keys(value);
  return names.every((name, index) => index === 0 || names[index - 1]! < name) ? names : names.sort();
}

/** The value itself where it holds no nulls, which is nearly everywhere. */
function withoutNulls(value: unknown): unknown {
  if (!holdsNulls(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const kept = Object.entries(value as Fields).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** True if a field somewhere inside is null or undefined; items of lists stay what they are. */
function holdsNulls(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsNulls);
  for (const name in value) {
    const inner = (value as Fields)[name];
    if (inner === undefined || inner === null || holdsNulls(inner)) return true;
  }
  return false;
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
