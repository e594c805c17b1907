import { digestOf, longText } from './digest.ts';
import { Pool } from './pool.ts';
import { renderingAnnotation } from './rendering.ts';
import type { Live } from './resource.ts';

export const fieldManager = 'ostack-operator';

type Kind = { readonly apiVersion: string; readonly kind: string };

/**
 * What is worth keeping of an object in memory. Of the record of who owns which field only other writers' entries stay,
 * and only of objects we rendered (they name who edited our fields, and a healthy child has none); long texts in the data of ConfigMaps and Secrets are
 * kept as digests; of a Pod's spec only the node and the images stay; and what objects have in common is kept once. Lists
 * leave kind and version of an item out; they are filled in.
 */
export function slim(live: Live, { apiVersion, kind }: Kind): Live {
  const { managedFields, ...metadata } = live.metadata;
  const isRendered = metadata.annotations?.[renderingAnnotation] !== undefined;
  const recorded = isRendered ? managedFields : undefined;
  const others = recorded?.filter((entry) => entry.manager !== fieldManager && entry.subresource === undefined);
  const kept = {
    ...live,
    apiVersion,
    kind,
    metadata: others?.length ? { ...metadata, managedFields: others } : metadata,
  };
  if (kind === 'ConfigMap' || kind === 'Secret') return shared(withDigests(kept));
  return shared(kind === 'Pod' ? withoutPodSpec(kept) : kept);
}

const pool = new Pool();

/** Metadata is of this object alone, but for a few fields; everything else has its like in other stacks. */
function shared({ apiVersion, kind, metadata, ...content }: Live): Live {
  const own: Record<string, unknown> = { ...metadata };
  for (const name of ['labels', 'ownerReferences']) if (own[name] !== undefined) own[name] = pool.share(own[name]);
  const common = Object.entries(content).map(([name, value]) => [name, pool.share(value)] as const);
  return { apiVersion, kind, metadata: own as Live['metadata'], ...Object.fromEntries(common) };
}

/** Only what tells one version of an object from another. */
export function bare(live: Live, { apiVersion, kind }: Kind): Live {
  const { name, namespace, uid, resourceVersion } = live.metadata;
  return { apiVersion, kind, metadata: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) } };
}

function withDigests(live: Live): Live {
  const condensed = (field: string) => {
    const values = live[field] as Readonly<Record<string, string>> | undefined;
    if (values === undefined) return {};
    const entries = Object.entries(values);
    return {
      [field]: Object.fromEntries(
        entries.map(([name, text]) => [name, text.length > longText ? digestOf(text) : text]),
      ),
    };
  };
  return { ...live, ...condensed('data'), ...condensed('binaryData') };
}

function withoutPodSpec(live: Live): Live {
  type Containers = readonly { readonly name: string; readonly image: string }[];
  const spec = (live['spec'] ?? {}) as { nodeName?: string; initContainers?: Containers; containers?: Containers };
  const images = (containers: Containers = []) => containers.map(({ name, image }) => ({ name, image }));
  const { nodeName, initContainers, containers } = spec;
  return {
    ...live,
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      ...(initContainers !== undefined && { initContainers: images(initContainers) }),
      containers: images(containers),
    },
  };
}
