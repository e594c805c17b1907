import type { Node } from './node.ts';
import { step } from './path.ts';

/** One line of the field reference. */
export interface Row {
  readonly path: string;
  readonly type: string;
  readonly value: string;
  readonly description: string;
  /** What has to hold beyond type and bounds, as sentences. */
  readonly rules: readonly string[];
}

/** The rows of a node and of everything below it, in the order of the contract. */
export function rows(node: Node, path: string): readonly Row[] {
  const { description, rules } = node;
  const value = /[\]}]$/.test(path) ? '' : valueOf(node);
  const own = { path, type: typeOf(node), value, description, rules: rules.map(sentence) };
  return [own, ...inner(node, path)];
}

function inner(node: Node, path: string): readonly Row[] {
  if (node.kind === 'object') {
    return Object.entries(node.properties).flatMap(([name, each]) => rows(each, path + step(node, name)));
  }
  if (node.kind === 'list') return rows(node.items, `${path}[]`);
  return node.kind === 'map' ? rows(node.values, `${path}{}`) : [];
}

function sentence({ reason, fix, at }: Node['rules'][number]): string {
  return `Refused if ${at === undefined ? 'it' : `\`${at.slice(1)}\``} ${reason}: ${fix}.`;
}

function typeOf(node: Node): string {
  switch (node.kind) {
    case 'string':
      return node.words ? node.words.join(' or ') : `text, ${node.min} to ${node.max} characters`;
    case 'integer':
      return `whole number, ${node.min} to ${node.max}`;
    case 'number':
      return `number, ${node.min} to ${node.max}`;
    case 'list':
      return `list, ${node.min} to ${node.max} items`;
    case 'map':
      return `map, at most ${node.max} entries`;
    case 'free':
      return 'any object';
    default:
      return node.kind;
  }
}

function valueOf(node: Node): string {
  if (node.presence === 'sized') return 'by size';
  if (node.presence === 'required') return 'required';
  if (node.kind === 'object' || node.default === undefined) return '';
  return JSON.stringify(node.default);
}
