import type { Node } from './node.ts';

/** A step of a path: the name of a field, the index of an item, the key of a map. */
export function step(node: Node, key: string): string {
  if (node.kind === 'list') return `[${key}]`;
  return node.kind === 'map' ? `["${key}"]` : `.${key}`;
}

/** The node below `node` that key leads to; undefined where the contract ends. */
export function child(node: Node, key: string): Node | undefined {
  if (node.kind === 'list') return node.items;
  if (node.kind === 'map') return node.values;
  return node.kind === 'object' && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
}

/** The node a JSON pointer leads to, and the pointer as users write it. */
export function follow(root: Node, start: string, pointer: string): { readonly node: Node; readonly path: string } {
  let [node, path] = [root, start];
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path += step(node, key);
    node = child(node, key) ?? node;
  }
  return { node, path };
}

/** True if `path` is `above` or lies below it. */
export function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}
