import { fill } from './fill.ts';
import type { ListNode, Node, Rule } from './node.ts';

/** An OpenAPI v3 schema in the structural form that a CustomResourceDefinition accepts. */
export interface Structural {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly required?: readonly string[];
  readonly items?: Structural;
  readonly additionalProperties?: Structural | false;
  readonly [keyword: string]: unknown;
}

/** The schema of a node as a CRD holds it. */
export function structural(node: Node): Structural {
  return {
    ...shape(node),
    ...(node.description && { description: node.description }),
    // Written out whole: the API server evaluates rules on the default before it fills the defaults inside.
    ...(node.default !== undefined && { default: fill(node, node.default) }),
    ...(node.rules.length > 0 && { 'x-kubernetes-validations': node.rules.map(validation) }),
  };
}

function validation({ cel, reason, fix, at }: Rule): object {
  return { rule: cel, message: `${reason}: ${fix}`, ...(at !== undefined && { fieldPath: at }) };
}

function shape(node: Node): Structural {
  switch (node.kind) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(node.properties).map(([name, each]) => [name, structural(each)])),
        ...required(node.properties),
      };
    case 'string':
      return node.words
        ? { type: 'string', enum: node.words }
        : { type: 'string', ...(node.min > 0 && { minLength: node.min }), maxLength: node.max };
    case 'integer':
      return { type: 'integer', format: 'int64', minimum: node.min, maximum: node.max };
    case 'number':
      return { type: 'number', minimum: node.min, maximum: node.max };
    case 'boolean':
      return { type: 'boolean' };
    case 'quantity':
      return {
        anyOf: [{ type: 'integer' }, { type: 'string' }],
        'x-kubernetes-int-or-string': true,
        maxLength: 20,
      };
    case 'list':
      return {
        type: 'array',
        items: structural(node.items),
        ...(node.min > 0 && { minItems: node.min }),
        maxItems: node.max,
        ...listType(node),
      };
    case 'map':
      return { type: 'object', additionalProperties: structural(node.values), maxProperties: node.max };
    case 'free':
      return {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        ...(node.min > 0 && { minProperties: node.min }),
        maxProperties: node.max,
      };
  }
}

function required(properties: Readonly<Record<string, Node>>): { required?: readonly string[] } {
  const names = Object.keys(properties).filter((name) => properties[name]!.presence === 'required');
  return names.length > 0 ? { required: names } : {};
}

function listType({ unique }: ListNode): object {
  if (typeof unique === 'string') return { 'x-kubernetes-list-type': unique };
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': unique };
}
