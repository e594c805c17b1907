import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { crd, renderCrd, renderReference } from './index.ts';
import { spec } from './v1alpha1/rules.ts';
import { status } from './v1alpha1/status.ts';
import { rows, structural, type Structural } from './schema/index.ts';
import { closed } from './schema/validator.ts';

const version = crd.spec.versions[0]!;
const root: Structural = version.schema.openAPIV3Schema;

function* nodes(schema: Structural, path: string): Generator<readonly [path: string, schema: Structural]> {
  yield [path, schema];
  for (const [name, each] of Object.entries(schema.properties ?? {})) yield* nodes(each, `${path}.${name}`);
  if (schema.items) yield* nodes(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* nodes(schema.additionalProperties, `${path}{}`);
}

const ours = [...nodes(root, '')].filter(([path]) => path.startsWith('.spec') || path.startsWith('.status'));

test('the CRD is far below what an annotation of kubectl apply can hold', () => {
  expect(Buffer.byteLength(renderCrd())).toBeLessThan(150_000);
  expect(JSON.stringify(crd).length).toBeLessThan(131_072);
});

const allowed = new Set(
  (
    'type description default enum format minimum maximum minLength maxLength properties required items minItems ' +
    'maxItems additionalProperties minProperties maxProperties anyOf x-kubernetes-int-or-string ' +
    'x-kubernetes-preserve-unknown-fields x-kubernetes-validations x-kubernetes-list-type x-kubernetes-list-map-keys'
  ).split(' '),
);

test('the schema is structural: no keyword Kubernetes refuses, types everywhere, alternatives only for int-or-string', () => {
  for (const [path, schema] of ours) {
    expect([path, Object.keys(schema).filter((keyword) => !allowed.has(keyword))]).toEqual([path, []]);
    const alternatives = schema['x-kubernetes-int-or-string'] === true;
    expect([path, typeof schema.type, 'anyOf' in schema]).toEqual([
      path,
      alternatives ? 'undefined' : 'string',
      alternatives,
    ]);
    expect([path, schema.properties !== undefined && schema.additionalProperties !== undefined]).toEqual([path, false]);
  }
});

test('every field is described in a sentence', () => {
  const silent = [...rows(spec.node, 'spec'), ...rows(status.node, 'status')].filter(
    ({ description }) => !/^[A-Z].*\.$/.test(description),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('every list, map, text and number is bounded', () => {
  const bound: Record<string, readonly string[]> = {
    array: ['maxItems'],
    string: ['maxLength', 'enum'],
    integer: ['maximum'],
    number: ['maximum'],
  };
  const open = ours.filter(([, schema]) => {
    const wanted = schema.additionalProperties ? ['maxProperties'] : bound[String(schema.type)];
    return wanted !== undefined && !wanted.some((keyword) => keyword in schema);
  });
  expect(open.map(([path]) => path)).toEqual([]);
});

test('every list says how it merges, and keyed lists require their keys', () => {
  for (const [path, { type, items, ...schema }] of ours) {
    if (type !== 'array') continue;
    const listType = schema['x-kubernetes-list-type'];
    expect([path, ['atomic', 'set', 'map'].includes(String(listType))]).toEqual([path, true]);
    const keys = (schema['x-kubernetes-list-map-keys'] ?? []) as readonly string[];
    expect([path, keys.length > 0]).toEqual([path, listType === 'map']);
    for (const key of keys) expect([path, items?.required]).toEqual([path, expect.arrayContaining([key])]);
  }
});

test('every rule has a message with a fix', () => {
  const rules = ours.flatMap(([, schema]) => (schema['x-kubernetes-validations'] ?? []) as { message: string }[]);
  expect(rules.length).toBeGreaterThan(60);
  for (const { message } of rules) expect(message).toMatch(/^[a-z].+: .+[^.]$/);
});

test('kubectl get shows whether a stack is ready, why not, its size and age', () => {
  expect(version.additionalPrinterColumns.map(({ name }) => name)).toEqual([
    'Ready',
    'Reason',
    'Size',
    'Age',
    'Message',
  ]);
  expect(crd.spec.names.shortNames).toEqual(['ostack', 'obs']);
  expect(version.subresources).toEqual({ status: {} });
});

test('the file is YAML of the same object, and the reference names every field', () => {
  expect(parse(renderCrd())).toEqual(JSON.parse(JSON.stringify(crd)));
  const reference = renderReference();
  for (const { path } of rows(spec.node, 'spec')) expect(reference).toContain(`\`${path}\``);
});

test('Ajv in strict mode accepts the schema it validates by', () => {
  const ajv = new Ajv({ strict: true, formats: { int64: true } });
  ajv.addVocabulary(['x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys']);
  const validate = ajv.compile(closed(structural(spec.node)));
  expect(validate(structural(spec.node).default)).toBe(true);
});
