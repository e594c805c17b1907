import type { Problem } from '../problem.ts';
import type { ListNode, Node } from './node.ts';
import { child, isWithin, step } from './path.ts';

/**
 * Asks every rule and check of the contract about a filled value, except where the structure is already at fault.
 * With `old` the rules about changes are asked too; items of keyed lists are compared with those of the same key.
 */
export function broken(node: Node, value: unknown, path: string, faults: readonly Problem[], old?: unknown): Problem[] {
  if (value === undefined) return [];
  const problems: Problem[] = [];
  for (const [key, inner] of Object.entries(typeof value === 'object' && node.kind !== 'free' ? value! : {})) {
    const below = child(node, key);
    if (!below) continue;
    problems.push(...broken(below, inner, path + step(node, key), faults, earlier(node, key, inner, old)));
  }
  if (faults.some((fault) => isWithin(fault.path, path))) return problems;
  if (node.kind === 'list') problems.push(...repeated(node, value as readonly unknown[], path));
  for (const { transition, holds, at = '', reason, fix } of node.rules) {
    if (transition && old === undefined) continue;
    if (!holds(value as never, old as never)) problems.push({ path: path + at, reason, fix });
  }
  // A check may rely on every rule at and below its value.
  if (problems.length > 0) return problems;
  for (const check of node.checks) {
    for (const { at = '', reason, fix } of check(value as never)) problems.push({ path: path + at, reason, fix });
  }
  return problems;
}

function earlier(node: Node, key: string, item: unknown, old: unknown): unknown {
  if (typeof old !== 'object' || old === null) return undefined;
  if (node.kind !== 'list') return Reflect.get(old, key);
  return Array.isArray(old) ? old.find((each) => identity(node, each) === identity(node, item)) : undefined;
}

function repeated(node: ListNode, items: readonly unknown[], path: string): Problem[] {
  if (node.unique === 'atomic') return [];
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const key = identity(node, item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    if (first === undefined) return [];
    const what = typeof node.unique === 'string' ? 'value' : node.unique.join(' and ');
    return [
      { path: `${path}[${index}]`, reason: `has the ${what} of item ${first} again`, fix: 'leave one of them out' },
    ];
  });
}

function identity({ unique }: ListNode, item: unknown): string {
  if (unique === 'set') return JSON.stringify(item);
  if (unique === 'atomic' || typeof item !== 'object' || item === null) return '';
  return JSON.stringify((unique as readonly string[]).map((key) => Reflect.get(item, key)));
}
