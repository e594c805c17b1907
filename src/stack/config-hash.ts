import { createHash } from 'node:crypto';
import { stableJson } from '../lib/stable-json.ts';
import type { Component, KubeObject } from './component.ts';

/** The pod template annotation that rolls a workload when something it read at its start has changed. */
export const configHashAnnotation = 'ostack.io/config-hash';

/**
 * The component with the hash of all it reads at its start in its pod template: its own objects by content, foreign
 * Secrets and ConfigMaps by the hashes in the facts, and single values as they are. Nothing else of the pod template changes.
 */
export function withConfigHash(component: Component, contentHashes: Readonly<Record<string, string>>): Component {
  const { readAtStart, valuesAtStart } = component;
  if (readAtStart.length === 0 && valuesAtStart === undefined) return component;
  const hash = createHash('sha256');
  for (const reference of [...readAtStart].sort()) {
    const own = component.objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === reference);
    const content = own === undefined ? (contentHashes[reference] ?? 'absent') : stableJson(contentOf(own), 0);
    hash.update(`${reference}\n${content}\n`);
  }
  if (valuesAtStart !== undefined) hash.update(stableJson(valuesAtStart, 0));
  const value = hash.digest('hex').slice(0, 16);
  return {
    ...component,
    objects: component.objects.map((object) => (isWorkload(component, object) ? stamped(object, value) : object)),
  };
}

function contentOf({ data, stringData }: KubeObject): unknown {
  return { data, stringData };
}

function isWorkload({ workload }: Component, { kind, metadata }: KubeObject): boolean {
  return kind === workload.kind && metadata.name === workload.name;
}

type PodTemplate = { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };

function stamped(object: KubeObject, value: string): KubeObject {
  const spec = object['spec'] as { readonly template: PodTemplate };
  const metadata = spec.template.metadata;
  const annotations = { ...metadata?.annotations, [configHashAnnotation]: value };
  return { ...object, spec: { ...spec, template: { ...spec.template, metadata: { ...metadata, annotations } } } };
}
