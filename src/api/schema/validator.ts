import { Ajv, type ErrorObject } from 'ajv';
import type { Problem } from '../problem.ts';
import { lean } from './lean.ts';
import { nearest } from './nearest.ts';
import type { Node } from './node.ts';
import { follow, step } from './path.ts';
import { structural, type Structural } from './structural.ts';

/** Tells what of a filled value does not fit the structure: types, bounds, words, missing and unknown fields. */
export type Validator = (value: unknown, path: string) => readonly Problem[];

/** Compiles the validator of a node; costs some milliseconds, so keep it. */
export function validator(root: Node): Validator {
  const ajv = new Ajv({ ...lean, validateFormats: false, allErrors: true, verbose: true });
  const validate = ajv.compile(closed(structural(root)));
  return (value, path) => (validate(value) ? [] : validate.errors!.map((error) => problem(root, path, error)));
}

/** As the API server sees it with strict field validation: nothing but our fields; quantities are text once filled. */
export function closed(schema: Structural): Structural {
  const { 'x-kubernetes-preserve-unknown-fields': open, ...described } = schema;
  if (open === true) return described;
  if (schema['x-kubernetes-int-or-string'] === true) return { type: 'string', maxLength: schema['maxLength'] };
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
      additionalProperties: false,
    }),
    ...(items && { items: closed(items) }),
    ...(additionalProperties && { additionalProperties: closed(additionalProperties) }),
  };
}

function problem(root: Node, start: string, { instancePath, keyword, params, data }: ErrorObject): Problem {
  const { node, path } = follow(root, start, instancePath);
  const limit = String(params['limit']);
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(node, path, String(params['additionalProperty']));
    case 'required':
      return missingField(node, path, String(params['missingProperty']));
    case 'type':
      return {
        path,
        reason: `is ${typeName(data)}, not ${wanted(node)}`,
        fix: `write ${wanted(node)}${example(node)}`,
      };
    case 'enum':
      return { path, reason: `does not know ${JSON.stringify(data)}`, fix: oneOf(String(data), words(node)) };
    case 'minimum':
    case 'maximum':
      return { path, reason: `is ${data}`, fix: `write a number from ${bounds(node)}` };
    case 'minLength':
      return {
        path,
        reason: data === '' ? 'is empty' : 'is too short',
        fix: `write at least ${limit} characters${example(node)}`,
      };
    case 'maxLength':
      return { path, reason: `has ${[...String(data)].length} characters`, fix: `write at most ${limit}` };
    case 'minItems':
      return { path, reason: 'has too few items', fix: `write at least ${limit}` };
    case 'minProperties':
      return { path, reason: 'is empty', fix: `write ${wanted(node)}${example(node)}` };
    case 'maxItems':
      return { path, reason: `has ${(data as unknown[]).length} items`, fix: `write at most ${limit}` };
    default:
      return { path, reason: `has too many entries`, fix: `write at most ${limit}` };
  }
}

function unknownField(node: Node, path: string, name: string): Problem {
  const known = node.kind === 'object' ? Object.keys(node.properties) : [];
  return { path: path + step(node, name), reason: 'is no field of this resource', fix: oneOf(name, known) };
}

function missingField(node: Node, path: string, name: string): Problem {
  const field = node.kind === 'object' ? node.properties[name] : undefined;
  const fix = field ? `write ${wanted(field)}${example(field)}` : 'write it';
  return { path: path + step(node, name), reason: 'is missing', fix };
}

function oneOf(written: string, known: readonly string[]): string {
  const near = nearest(written, known);
  return near === undefined ? `write one of ${known.join(', ')}` : `did you mean ${near}? Known: ${known.join(', ')}`;
}

function words(node: Node): readonly string[] {
  return node.kind === 'string' ? (node.words ?? []) : [];
}

function bounds(node: Node): string {
  return node.kind === 'integer' || node.kind === 'number' ? `${node.min} to ${node.max}` : '';
}

function example(node: Node): string {
  return node.examples.length > 0 ? `, such as ${JSON.stringify(node.examples[0])}` : '';
}

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'text', number: 'a number', boolean: 'true or false', object: 'an object' }[typeof value as string] ??
    'unknown'
  );
}

function wanted(node: Node): string {
  switch (node.kind) {
    case 'string':
      return node.words ? `one of ${node.words.join(', ')}` : 'text (in quotes if it looks like a number)';
    case 'quantity':
      return 'a quantity';
    case 'integer':
      return `a whole number from ${node.min} to ${node.max}`;
    case 'number':
      return `a number from ${node.min} to ${node.max}`;
    case 'boolean':
      return 'true or false';
    case 'list':
      return 'a list';
    default:
      return 'an object';
  }
}
