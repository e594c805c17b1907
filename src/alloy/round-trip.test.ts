import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { corpus } from './corpus.fixture.ts';
import { isIdentifier } from './identifier.ts';
import { parseAlloy } from './parser.ts';
import { printAlloy } from './printer.ts';
import type { AlloyConfig, Block, Expression, Statement } from './tree.ts';

function read(text: string): AlloyConfig {
  const parsed = parseAlloy(text);
  if (!parsed.ok) throw new Error(`${parsed.problem.line}:${parsed.problem.column} ${parsed.problem.message}`);
  return parsed.config;
}

const word = fc.stringMatching(/^[a-zé_][a-z0-9_]{0,8}$/).filter(isIdentifier);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '`', '\n', '\t', '$', '{', '/', '*', '\u0000', '\u2028', 'é', '🚀') }),
);
const number = fc.oneof(
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(fc.nat(), fc.integer({ min: -300, max: 300 })).map(([whole, power]) => `${whole}e${power}`),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((value): Expression => ({ kind: 'string', value })),
    number.map((value): Expression => ({ kind: 'number', text: value })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value })),
    fc.constant<Expression>({ kind: 'null' }),
    word.map((name): Expression => ({ kind: 'name', name })),
    fc.array(tie('expression'), { maxLength: 4 }).map((elements): Expression => ({ kind: 'array', elements })),
    fc
      .array(fc.record({ name: fc.oneof(word, text), value: tie('expression') }), { maxLength: 4 })
      .map((fields): Expression => ({ kind: 'object', fields })),
    fc.tuple(tie('expression'), word).map(([of, name]): Expression => ({ kind: 'access', of, name })),
    fc.tuple(tie('expression'), tie('expression')).map(([of, index]): Expression => ({ kind: 'index', of, index })),
    fc
      .tuple(tie('expression'), fc.array(tie('expression'), { maxLength: 3 }))
      .map(([callee, values]): Expression => ({ kind: 'call', callee, arguments: values })),
    fc
      .tuple(fc.constantFrom('!' as const, '-' as const), tie('expression'))
      .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand })),
    fc
      .tuple(
        fc.constantFrom('||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '^'),
        tie('expression'),
        tie('expression'),
      )
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right }) as Expression),
  ),
}));
const attribute = fc.record({ kind: fc.constant('attribute' as const), name: word, value: expression });
const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.record(
    {
      kind: fc.constant('block' as const),
      name: fc.array(word, { minLength: 1, maxLength: 3 }).map((names) => names.join('.')),
      label: word,
      body: fc.array(fc.oneof({ maxDepth: 2 }, attribute, tie('block')), { maxLength: 4 }),
    },
    { requiredKeys: ['kind', 'name', 'body'] },
  ),
}));
const line = fc.stringMatching(/^[ -~]{0,20}$/).map((comment) => comment.trimEnd());
const config = fc.array(
  fc.oneof(
    block.map((only): Statement[] => [only]),
    attribute.map((only): Statement[] => [only]),
    fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), block)
      .map(([lines, below]): Statement[] => [{ kind: 'comment', lines }, below]),
  ),
  { maxLength: 4 },
);

describe('a configuration survives being written and read', () => {
  test('whatever it holds', () => {
    fc.assert(
      fc.property(config, (parts) => {
        const tree = parts.flat();
        const printed = printAlloy(tree);
        expect(read(printed)).toEqual(wellFormed(tree));
        expect(printAlloy(read(printed))).toBe(printed);
      }),
      { numRuns: 200 },
    );
  });

  test.each(corpus)('%s', (_name, source) => {
    const tree = read(source);
    const printed = printAlloy(tree);
    expect(read(printed)).toEqual(tree);
    expect(printAlloy(read(printed))).toBe(printed);
  });
});

/** Text that is no Unicode has no encoding, so it comes back repaired. */
function wellFormed(tree: unknown): unknown {
  if (typeof tree === 'string') return tree.toWellFormed();
  if (Array.isArray(tree)) return tree.map(wellFormed);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, wellFormed(value)]));
}
