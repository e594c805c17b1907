import type { Node } from './node.ts';
import { child, step } from './path.ts';

/** A value without the fields its node does not have, and the paths of those fields. */
export interface Known {
  readonly value: unknown;
  readonly unknownFields: readonly string[];
}

/** Takes off what the node does not know, at any depth; values of a wrong type are left for the validator to name. */
export function known(node: Node, value: unknown, path: string): Known {
  const closed = node.kind === 'object' || node.kind === 'map' || node.kind === 'list';
  if (!closed || typeof value !== 'object' || value === null) return { value, unknownFields: [] };
  const unknownFields: string[] = [];
  const entries = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const below = child(node, key);
    if (!below) {
      unknownFields.push(path + step(node, key));
      return [];
    }
    const part = known(below, each, path + step(node, key));
    unknownFields.push(...part.unknownFields);
    return [[key, part.value]];
  });
  const kept = Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  return { value: kept, unknownFields };
}
