import type { Live } from './resource.ts';

export const fieldManager = 'ostack-operator';

/**
 * What is worth keeping of an object in memory: everything but the record of who owns which field, of which only other
 * writers' entries stay (they name who edited our fields, and a healthy child has none). `as` fills what lists leave out.
 */
export function slim(live: Live, as: { apiVersion: string; kind: string }): Live {
  const { managedFields, ...metadata } = live.metadata;
  const others = managedFields?.filter((entry) => entry.manager !== fieldManager && entry.subresource === undefined);
  return { ...live, ...as, metadata: others?.length ? { ...metadata, managedFields: others } : metadata };
}

/** Only what tells one version of an object from another. */
export function bare(live: Live, as: { apiVersion: string; kind: string }): Live {
  const { name, namespace, uid, resourceVersion } = live.metadata;
  return { ...as, metadata: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) } };
}
