import { expect, test } from '@jest/globals';
import { Environment } from '@marcbachmann/cel-js';
import * as fc from 'fast-check';
import { parseDuration } from '../lib/duration.ts';
import { parseQuantity } from '../lib/quantity.ts';
import { wildSpec } from './arbitrary.fixture.ts';
import { fill, type Node, type Rule } from './schema/index.ts';
import { child, step } from './schema/path.ts';
import { spec } from './v1alpha1/rules.ts';
import { wrongSpecs } from './wrong-specs.ts';

class Quantity {
  readonly amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
}

// What the API server adds to CEL: quantities, and the string functions of its extension library.
const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
  .registerType('Quantity', Quantity)
  .registerFunction('quantity(string): Quantity', (text: string) => new Quantity(parseQuantity(text)!))
  .registerFunction('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) =>
    BigInt(Math.sign(a.amount - b.amount)),
  )
  .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );

type Verdict = { readonly rule: Rule; readonly where: string; readonly cel: boolean; readonly typescript: boolean };
const programs = new Map<string, ReturnType<Environment['parse']>>();

/** CEL tells whole numbers from others; the API server takes the type from the schema. */
function toCel(node: Node, value: unknown): unknown {
  if (node.kind === 'integer') return BigInt(value as number);
  if (Array.isArray(value)) return value.map((item, index) => toCel(child(node, String(index))!, item));
  if (typeof value !== 'object' || value === null || node.kind === 'free') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toCel(child(node, key)!, each)]));
}

function judge(rule: Rule, node: Node, self: unknown, oldSelf: unknown, where: string): Verdict {
  const program = programs.get(rule.cel) ?? environment.parse(rule.cel);
  programs.set(rule.cel, program);
  const cel = program({
    self: toCel(node, self),
    ...(oldSelf !== undefined && { oldSelf: toCel(node, oldSelf) }),
  }) as boolean;
  return { rule, where, cel, typescript: rule.holds(self as never, oldSelf as never) };
}

function* verdicts(node: Node, value: unknown, old: unknown, where = 'spec'): Generator<Verdict> {
  if (value === undefined) return;
  for (const rule of node.rules) {
    if (!rule.transition || old !== undefined) yield judge(rule, node, value, old, where);
  }
  for (const [key, inner] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
    const below = child(node, key);
    const before =
      node.kind === 'object' && typeof old === 'object' && old !== null ? Reflect.get(old, key) : undefined;
    if (below) yield* verdicts(below, inner, before, where + step(node, key));
  }
}

const outcomes = new Map<string, Set<boolean>>();

function agree(value: unknown, old: unknown): void {
  for (const { rule, where, cel, typescript } of verdicts(
    spec.node,
    fill(spec.node, value),
    old && fill(spec.node, old),
  )) {
    if (cel !== typescript)
      throw new Error(`${where} ${rule.reason}: CEL ${cel}, TypeScript ${typescript}: ${rule.cel}`);
    const seen = outcomes.get(rule.cel) ?? new Set();
    outcomes.set(rule.cel, seen.add(cel));
  }
}

test('CEL and TypeScript reach the same verdict on generated specs and changes', () => {
  fc.assert(fc.property(wildSpec, wildSpec, agree), { numRuns: 150, seed: 20_260_101, endOnFailure: true });
});

test('they agree on every mistake of the table that fits the structure', () => {
  for (const { spec: wrong, from, path, server } of wrongSpecs()) {
    if (server === undefined || /must be|unknown field|Required|Unsupported|Too long|should|Duplicate/.test(server))
      continue;
    if (path.startsWith('spec')) agree(wrong, from);
  }
});

test('every rule was seen to hold and to be broken', () => {
  const all = new Set([...rulesOf(spec.node)].map(({ cel }) => cel));
  const undecided = [...all].filter((cel) => outcomes.get(cel)?.size !== 2);
  expect(undecided).toEqual([]);
  expect(all.size).toBeGreaterThan(30);
});

function* rulesOf(node: Node): Generator<Rule> {
  yield* node.rules;
  const below = node.kind === 'object' ? Object.values(node.properties) : [];
  for (const each of below) yield* rulesOf(each);
  if (node.kind === 'list') yield* rulesOf(node.items);
  if (node.kind === 'map') yield* rulesOf(node.values);
}

test('durations mean the same in CEL as here', () => {
  for (const text of ['1us', '90m', '1h30m', '999999h', '0s']) {
    const millis = environment.evaluate(`duration('${text}') == duration('${parseDuration(text)}ms')`);
    expect([text, millis]).toEqual([text, true]);
  }
});
