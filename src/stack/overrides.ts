import type { Problem, Spec } from '../api/index.ts';
import { mergePatch } from '../lib/merge-patch.ts';
import type { Component, KubeObject } from './component.ts';

type Override = Spec['overrides'][number];

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
          isTarget(object, override) ? (mergePatch(object, override.patch) as KubeObject) : object,
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
