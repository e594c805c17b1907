import * as fc from 'fast-check';
import { broken, fill, type Node } from './schema/index.ts';
import { effective } from './v1alpha1/effective.ts';
import { spec } from './v1alpha1/rules.ts';
import type { GivenSpec, Spec } from './v1alpha1/spec.ts';

const durations = fc.stringMatching(/^[0-9]{1,3}(us|ms|s|m|h|d)$/);
const quantities = fc.stringMatching(/^[0-9]{1,3}(m|k|Mi|Gi|Ti|)$/);
const decimals = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 10_000),
  fc.double({ min: 0, max: 100, noNaN: true }),
);

/** Specs as users may write them: parts left out, every rule kept. For property tests only. */
export const writtenSpec: fc.Arbitrary<unknown> = of(spec.node, true);

/** Specs that fit the structure but may break any rule. */
export const wildSpec: fc.Arbitrary<unknown> = of(spec.node, false);

/** Specs as the rest of the program sees them, every default filled. */
export const anySpec: fc.Arbitrary<Spec> = writtenSpec.map((given) => effective(fill(spec.node, given) as GivenSpec));

/** Rules are asked at every level, so that few values have to be thrown away. */
function of(node: Node, good: boolean): fc.Arbitrary<unknown> {
  const any = shaped(node, good);
  return good ? any.filter((value) => broken(node, fill(node, value), '', []).length === 0) : any;
}

function shaped(node: Node, good: boolean): fc.Arbitrary<unknown> {
  switch (node.kind) {
    case 'object':
      return objects(node.properties, good);
    case 'string':
      return node.words ? fc.constantFrom(...node.words) : texts(node.examples, node.min, node.max, good);
    case 'quantity':
      return good
        ? fc.constantFrom(...node.examples)
        : fc.oneof(fc.constantFrom(...node.examples), quantities, junk(0, 20));
    case 'integer':
      return fc.oneof(fc.constantFrom(node.min, node.max), fc.integer({ min: node.min, max: node.max }));
    case 'number':
      return good ? fc.constantFrom(...node.examples) : fc.oneof(fc.constantFrom(...node.examples), decimals);
    case 'boolean':
      return fc.boolean();
    case 'list':
      return fc.array(of(node.items, good), { minLength: node.min, maxLength: Math.min(node.max, 3) });
    case 'map':
      return fc.dictionary(fc.constantFrom('zone', 'example.com/pool', 'a'), of(node.values, good), { maxKeys: 3 });
    case 'free':
      return fc.constantFrom(...node.examples);
  }
}

function objects(properties: Readonly<Record<string, Node>>, good: boolean): fc.Arbitrary<unknown> {
  const required = Object.keys(properties).filter((name) => properties[name]!.presence === 'required');
  const fields = Object.entries(properties).map(([name, node]) => [name, of(node, good)]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: required });
}

function texts(examples: readonly unknown[], min: number, max: number, good: boolean): fc.Arbitrary<unknown> {
  const known = examples.length > 0 ? [fc.constantFrom(...examples)] : [];
  if (good && known.length > 0) return known[0]!;
  return fc.oneof(...known, junk(min, max), ...(min <= 2 && max >= 6 ? [durations] : []));
}

function junk(min: number, max: number): fc.Arbitrary<string> {
  return fc.string({ minLength: min, maxLength: Math.min(max, min + 12) });
}
