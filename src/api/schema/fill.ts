import type { Node } from './node.ts';

/**
 * What the API server would store: nulls of our fields dropped, static defaults filled, whole-number quantities as text.
 * Values of a wrong type and unknown fields are left as they came, for the validator to name. Never changes its input.
 */
export function fill(node: Node, value: unknown): unknown {
  if (node.kind === 'list') return Array.isArray(value) ? value.map((item) => fill(node.items, item)) : value;
  if (node.kind === 'quantity') return Number.isInteger(value) ? String(value) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (node.kind === 'map') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(node.values, each)]));
  }
  return node.kind === 'object' ? fillObject(node.properties, value) : value;
}

function fillObject(properties: Readonly<Record<string, Node>>, value: object): object {
  const given = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const node = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!node) return [[key, each]];
    return each === null || each === undefined ? [] : [[key, fill(node, each)]];
  });
  const written = new Set(given.map(([key]) => key));
  const missing = Object.entries(properties)
    .filter(([key, node]) => !written.has(key) && node.default !== undefined)
    .map(([key, node]): [string, unknown] => [key, fill(node, node.default)]);
  return Object.fromEntries([...given, ...missing]);
}
