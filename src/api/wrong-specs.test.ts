import { describe, expect, test } from '@jest/globals';
import { parseChange, parseStack, type Problem } from './index.ts';
import { carrying, wrongSpecs, type WrongSpec } from './wrong-specs.ts';

function problemsOf({ spec, from, resourceName }: WrongSpec): readonly Problem[] {
  if (from !== undefined) return parseChange(carrying(from), carrying(spec));
  const parsed = parseStack(carrying(spec, resourceName));
  return parsed.ok ? [] : parsed.problems;
}

describe('a wrong spec is told by path, reason and fix', () => {
  test.each(wrongSpecs().map((wrong) => [wrong.name, wrong] as const))('%s', (_, wrong) => {
    const problems = problemsOf(wrong);
    expect(problems.map(({ path }) => path)).toContain(wrong.path);
    const told = problems.filter(({ path }) => path === wrong.path).map(({ reason, fix }) => `${reason}: ${fix}`);
    expect(told.join('\n')).toContain(wrong.parser);
    expect(problems.filter(({ reason, fix }) => reason === '' || fix === '')).toEqual([]);
  });
});

test('one mistake gives one problem, so that nobody searches for others', () => {
  const many = wrongSpecs().filter((wrong) => problemsOf(wrong).length !== 1);
  expect(many.map(({ name }) => name)).toEqual([]);
});

test('the table is wide: at least 60 mistakes, each said once, and each stored one starts from a good spec', () => {
  const table = wrongSpecs();
  expect(table.length).toBeGreaterThanOrEqual(60);
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  for (const { from } of table) if (from !== undefined) expect(parseStack(carrying(from)).ok).toBe(true);
  for (const { refusedBy, server } of table) expect(server !== undefined).toBe(refusedBy === 'server');
});
