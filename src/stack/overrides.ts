import type { Problem, Spec } from '../api/index.ts';
import type { Component, KubeObject } from './component.ts';

type Override = Spec['overrides'][number];
type Json = Readonly<Record<string, unknown>>;

/**
 * Applies `spec.overrides`, JSON merge patches (RFC 7396), in order. A patch that finds no object is reported.
 */
export function withOverrides(
  components: readonly Component[],
  overrides: readonly Override[],
): { readonly components: readonly Component[]; readonly problems: readonly Problem[] } {
  let patched = components;
  const problems: Problem[] = [];
  for (const [index, override] of overrides.entries()) {
    if (patched.some(({ objects }) => objects.some((object) => isTarget(object, override)))) {
      patched = patched.map((component) => ({
        ...component,
        objects: component.objects.map((object) =>
          isTarget(object, override) ? (merged(object, override.patch) as KubeObject) : object,
        ),
      }));
    } else {
      problems.push({
        path: `spec.overrides[${index}]`,
        reason: `the stack renders no ${override.kind} named ${override.name}`,
        fix: 'name an object that `ostack render` prints, or remove the override',
      });
    }
  }
  return { components: patched, problems };
}

function isTarget({ kind, metadata }: KubeObject, override: Override): boolean {
  return kind === override.kind && metadata.name === override.name;
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const kept = Object.entries(base).filter(([key]) => !Object.hasOwn(patch, key));
  const changed = Object.entries(patch).flatMap(([key, value]) =>
    value === null ? [] : [[key, merged(base[key], value)] as const],
  );
  return Object.fromEntries([...kept, ...changed]);
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
