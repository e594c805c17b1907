import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { check } from './check.ts';
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

/** Values of a schema or nearly so: now and then a part is another one's, or has a key too many. */
function valuesOf(schema: object): fc.Arbitrary<unknown> {
  const {
    type,
    properties,
    required,
    additionalProperties,
    items,
    enum: known,
    format,
  } = schema as Record<string, never>;
  const odd = fc.constantFrom<unknown>(
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
    '7',
  );
  const plain = (): fc.Arbitrary<unknown> => {
    if (known) return fc.constantFrom<unknown>(...(known as unknown[]));
    if (format) return fc.constantFrom(...(examples[format] ?? []));
    switch (type as string) {
      case 'object':
        return properties
          ? fc.record(
              Object.fromEntries(Object.entries(properties).map(([key, own]) => [key, valuesOf(own as object)])),
              { requiredKeys: required },
            )
          : fc.dictionary(fc.constantFrom('a', 'b'), valuesOf(additionalProperties), { maxKeys: 2 });
      case 'array':
        return fc.array(valuesOf(items), { maxLength: 4 });
      case 'string':
        return fc.constant('/a');
      case 'boolean':
        return fc.boolean();
      default:
        return fc.integer({ min: 1, max: 100 });
    }
  };
  return fc.oneof({ arbitrary: plain(), weight: 100 }, { arbitrary: odd, weight: 1 });
}

/** Where each problem is. */
const places = (paths: readonly string[]) => [...new Set(paths)].sort();

test('it finds problems where a schema library finds them, and fills in the same defaults', () => {
  let good = 0;
  fc.assert(
    fc.property(valuesOf(configSchema), (drawn) => {
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
    { numRuns: 2_000, seed: 1 },
  );
  expect(good).toBeGreaterThan(50);
});
