import { describe, expect, test } from '@jest/globals';
import { checksOf, chosen, matrix } from './matrix.ts';
import { findingLine, findingsOf, resultText, tableText, type Finding } from './report.ts';

const right: Finding = { check: 'T1', wrong: 0, what: '842 exchanges', seconds: 3 };
const said = (...findings: readonly Finding[]) => ['booting', ...findings.map(findingLine), '@@EXIT 0'].join('\n');

describe('a kernel is right only by what its guest reported', () => {
  test.each<[string, Parameters<typeof findingsOf>[0], string[]]>([
    ['every check reported', { exitCode: 0, console: said(right) }, ['right']],
    ['a check that differs', { exitCode: 1, console: said({ ...right, wrong: 2 }) }, ['2 WRONG', '1 WRONG']],
    ['a check that is missing', { exitCode: 0, console: said() }, ['1 WRONG']],
    ['a panic after the last check', { exitCode: undefined, console: said(right) }, ['right', '1 WRONG']],
    ['nothing at all', { exitCode: undefined, console: '' }, ['1 WRONG', '1 WRONG']],
  ])('%s', (_, run, results) => {
    expect(findingsOf(run, ['T1']).map(resultText)).toEqual(results);
  });

  test('in a table', () => {
    expect(
      tableText([
        ['kernel', 'check'],
        ['6.12', 'T1'],
      ]),
    ).toBe('kernel  check\n6.12    T1');
  });
});

describe('the matrix', () => {
  test('is run whole unless kernels are named, and a name that is not in it is an error', () => {
    expect(chosen([])).toEqual(matrix);
    expect(chosen(['arm64/6.12']).map(checksOf)).toEqual([['features', 'T1', 'T2', 'nested', 'parser']]);
    expect(() => chosen(['6.13'])).toThrow('no kernel 6.13');
  });

  test('says of every kernel what it carries, or what it is refused for', () => {
    for (const { tiers, refusedFor, absent } of matrix) {
      expect(tiers.length > 0).toBe(refusedFor.length === 0);
      expect(absent).toEqual(expect.arrayContaining([...refusedFor]));
    }
  });
});
