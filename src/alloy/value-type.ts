import type { Type } from './catalogue/shape.ts';
import { pathOf } from './reference.ts';
import type { Expression } from './tree.ts';

/** The type of what a path exports: a type, `undefined` if it is not known here. */
export type Exports = (path: readonly string[]) => Type | undefined;

// Go durations and the binary sizes of Alloy.
const duration = /^-?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/;
const size = /^(?:\d+(?:\.\d+)?(?:B|[KMGTPE]i?B))+$/;

/** Why a value cannot stand where a type is wanted; undefined if it can or if it shows at run time only. */
export function mismatch(value: Expression, wanted: Type, exportsOf: Exports): string | undefined {
  if (wanted === 'any' || value.kind === 'null') return undefined;
  const path = pathOf(value);
  if (path !== undefined) return referenceMismatch(exportsOf(path), wanted);
  if (typeof wanted === 'object') return nestedMismatch(value, wanted, exportsOf);
  const literal = literalOf(value);
  if (literal === undefined) return undefined;
  return fits(literal, wanted) ? undefined : `expected ${describe(wanted)}, found ${literal.text}`;
}

function referenceMismatch(found: Type | undefined, wanted: Type): string | undefined {
  if (found === undefined || found === 'any' || same(found, wanted)) return undefined;
  // A file's contents are a text or a secret, whichever is asked for.
  if (found === 'contents' && (wanted === 'string' || wanted === 'secret')) return undefined;
  if (found === 'string' && wanted === 'secret') return undefined;
  return `expected ${describe(wanted)}, found ${describe(found)}`;
}

function nestedMismatch(value: Expression, wanted: Exclude<Type, string>, exportsOf: Exports): string | undefined {
  if ('listOf' in wanted) {
    if (value.kind === 'array') return first(value.elements, (each) => mismatch(each, wanted.listOf, exportsOf));
  } else if (value.kind === 'object') {
    return first(value.fields, (field) => mismatch(field.value, wanted.mapOf, exportsOf));
  }
  const literal = literalOf(value);
  return literal === undefined ? undefined : `expected ${describe(wanted)}, found ${literal.text}`;
}

interface Literal {
  readonly kind: 'string' | 'number' | 'boolean' | 'array' | 'object';
  readonly text: string;
}

function literalOf(value: Expression): Literal | undefined {
  switch (value.kind) {
    case 'string':
      return { kind: 'string', text: value.value };
    case 'number':
      return { kind: 'number', text: value.text };
    case 'boolean':
      return { kind: 'boolean', text: String(value.value) };
    case 'unary':
      return { kind: value.operator === '-' ? 'number' : 'boolean', text: 'an expression' };
    case 'array':
      return { kind: 'array', text: 'a list' };
    case 'object':
      return { kind: 'object', text: 'an object' };
    default:
      return undefined;
  }
}

function fits({ kind, text }: Literal, wanted: Extract<Type, string>): boolean {
  switch (wanted) {
    case 'string':
    case 'secret':
      return kind === 'string';
    case 'duration':
      return kind === 'string' && duration.test(text);
    case 'size':
      return kind === 'string' && size.test(text);
    case 'number':
      return kind === 'number';
    case 'boolean':
      return kind === 'boolean';
    case 'targets':
      return kind === 'array';
    default:
      return false;
  }
}

function same(a: Type, b: Type): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  if ('listOf' in a) return 'listOf' in b && same(a.listOf, b.listOf);
  return 'mapOf' in b && same(a.mapOf, b.mapOf);
}

function describe(type: Type): string {
  if (typeof type === 'string') return `a value of type ${type}`;
  return 'listOf' in type ? `a list of ${inner(type.listOf)}` : `an object of ${inner(type.mapOf)}`;
}

function inner(type: Type): string {
  return typeof type === 'string' ? `type ${type}` : describe(type);
}

function first<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
