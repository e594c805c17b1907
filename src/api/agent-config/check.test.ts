import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import {
  assert,
  constant,
  constantFrom,
  array,
  boolean,
  dictionary,
  integer,
  oneof,
  property,
  record,
  type Arbitrary,
} from 'fast-check';
import { check, type Schema } from './check.ts';
import { configSchema } from './schema.ts';

const formats = {
  duration: { accepts: (text: string) => /^\d+s$/.test(text), fix: '' },
  quantity: { accepts: (text: string) => /^\d+$/.test(text), fix: '' },
  'http-url': { accepts: (text: string) => text.startsWith('http'), fix: '' },
};
const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: true, strictRequired: false });
for (const [name, { accepts }] of Object.entries(formats)) ajv.addFormat(name, accepts);
const reference = ajv.compile(configSchema);

const examples: Readonly<Record<string, readonly string[]>> = {
  duration: ['5s'],
  quantity: ['7'],
  'http-url': ['http://a'],
};

/** Values of a schema, or nearly so: now and then a part is something else. */
function valuesOf(schema: Schema): Arbitrary<unknown> {
  const odd = constantFrom<unknown>(
    null,
    '',
    'x'.repeat(1025),
    -1,
    0,
    1.5,
    70_000,
    true,
    [],
    {},
    [1],
    { x: 'y' },
    '/a',
    '5s',
  );
  return oneof({ arbitrary: rightOf(schema), weight: 100 }, { arbitrary: odd, weight: 1 });
}

function rightOf({ type, properties, required = [], additionalProperties, items = {}, enum: known, format }: Schema) {
  if (known) return constantFrom<unknown>(...known);
  if (format !== undefined) return constantFrom<unknown>(...(examples[format] ?? []));
  switch (type) {
    case 'object': {
      if (!properties) return dictionary(constantFrom('a', 'b'), valuesOf(additionalProperties || {}), { maxKeys: 2 });
      const parts = Object.entries(properties).map(([key, own]) => [key, valuesOf(own)] as const);
      return record<Record<string, unknown>>(Object.fromEntries(parts), { requiredKeys: [...required] });
    }
    case 'array':
      return array(valuesOf(items), { maxLength: 4 });
    case 'boolean':
      return boolean();
    case 'string':
      return constant('/a');
    default:
      return integer({ min: 1, max: 100 });
  }
}

/** Where each problem is. */
const places = (paths: readonly string[]) => [...new Set(paths)].sort();

test('it finds problems where a schema library finds them, and fills in the same defaults', () => {
  let good = 0;
  assert(
    property(valuesOf(configSchema), (drawn) => {
      const [mine, theirs] = [structuredClone(drawn), structuredClone(drawn)];
      const problems = check(configSchema, mine, formats);
      reference(theirs);
      const paths = (reference.errors ?? []).map(({ instancePath }) =>
        instancePath
          .slice(1)
          .replaceAll(/\/(\d+)/g, '[$1]')
          .replaceAll('/', '.'),
      );
      expect(places(problems.map(({ path }) => path))).toEqual(places(paths));
      expect(mine).toEqual(theirs);
      if (problems.length === 0) good++;
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(good).toBeGreaterThan(50);
});
