import { describe, expect, test } from '@jest/globals';
import { parseAlloy } from './parser.ts';
import { printExpression } from './printer.ts';
import type { Attribute } from './tree.ts';

function problemOf(text: string): string {
  const parsed = parseAlloy(text);
  return parsed.ok ? 'fine' : `${parsed.problem.line}:${parsed.problem.column} ${parsed.problem.message}`;
}

function valueOf(text: string): Attribute['value'] {
  const parsed = parseAlloy(`x = ${text}`);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return (parsed.config[0] as Attribute).value;
}

describe('a mistake is told with its place', () => {
  test.each([
    ['# note', '1:1 unexpected character # (comments begin with //)'],
    ['a "b" {\n\tc = \n}', '3:1 expected a value, found }'],
    ['a "b" {\n\tc = "open\n}', '2:6 string is not closed'],
    ['a "b" {\n\tc = `open\n}', '2:6 string is not closed'],
    ["a = 'b'", '1:5 strings take double quotes'],
    ['a = "\\q"', '1:6 unknown escape \\q'],
    ['a = "\\ud800"', '1:6 unknown escape \\u'],
    ['a = 1e', '1:5 exponent has no digits'],
    ['a = [\n\t1\n]', '2:3 expected a comma before the end of the line'],
    ['a = [1 2]', '1:8 expected ,, found 2'],
    ['a = { b 1 }', '1:9 expected =, found 1'],
    ['a = { 1 = 1 }', '1:7 expected a key, found 1'],
    ['a "my-label" { }', '1:3 label "my-label" is not an identifier (letters, digits and _, no digit first)'],
    ['a `raw` { }', '1:3 a label takes double quotes'],
    ['a.b = 1', '1:1 an attribute name has no dots'],
    ['a "b" = 1', '1:1 an attribute has no label'],
    ['a "b" {', '1:8 expected }, found the end of the text'],
    ['a = 1 b = 2', '1:7 expected a new line, found b'],
    ['}', '1:1 expected a statement, found }'],
    ['a', '1:2 expected = or {, found the end of the line'],
    ['a = b {\n}', '1:7 a block cannot be a value (drop the = before it)'],
    ['true = 1', '1:1 expected a name, found true'],
    ['/* open', '1:1 comment is not closed'],
    ['a = 1 +', '1:8 expected a value, found the end of the text'],
    ['a = f(1,\n2\n)', '2:2 expected a comma before the end of the line'],
    [`a = ${'('.repeat(300)}`, '1:204 nested too deeply'],
  ])('%j', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });
});

describe('operators bind as in Alloy', () => {
  test.each([
    ['1 + 2 * 3', '1 + 2 * 3'],
    ['(1 + 2) * 3', '(1 + 2) * 3'],
    ['(1 * 2) + 3', '1 * 2 + 3'],
    ['1 - (2 - 3)', '1 - (2 - 3)'],
    ['(1 - 2) - 3', '1 - 2 - 3'],
    ['2 ^ (3 ^ 2)', '2 ^ 3 ^ 2'],
    ['(2 ^ 3) ^ 2', '(2 ^ 3) ^ 2'],
    ['-a.b[0]', '-a.b[0]'],
    ['(-a).b', '(-a).b'],
    ['!a && b || c', '!a && b || c'],
    ['!(a && (b || c))', '!(a && (b || c))'],
    ['(1).x', '(1).x'],
    ['a /* inside */ + b', 'a + b'],
  ])('%s', (text, canonical) => {
    expect(printExpression(valueOf(text))).toBe(canonical);
    expect(valueOf(canonical)).toEqual(valueOf(text));
  });
});

test('every escape of a text is read', () => {
  expect(valueOf('"\\a\\b\\f\\n\\r\\t\\v\\\\\\"\\x41\\101\\u00e9\\U0001F680\\xc3\\xa9"')).toEqual({
    kind: 'string',
    value: '\x07\b\f\n\r\t\v\\"AAé🚀é',
  });
  expect(valueOf('`a\\n"b"`')).toEqual({ kind: 'string', value: 'a\\n"b"' });
});

test('a byte order mark and Windows line ends are no mistakes', () => {
  const parsed = parseAlloy('\uFEFFa "b" {\r\n\tc = 1\r\n}\r\n');
  expect(parsed).toMatchObject({ ok: true, config: [{ name: 'a', label: 'b' }] });
});

test('comments on lines of their own stay with the statement below, others go', () => {
  const parsed = parseAlloy('// gone\n\n// one\n// two\na = 1 // beside\n/* three\n * four */\nb = 2\n// last\n');
  expect(parsed).toMatchObject({
    ok: true,
    config: [
      { kind: 'comment', lines: ['one', 'two'] },
      { name: 'a' },
      { kind: 'comment', lines: ['three', 'four'] },
      { name: 'b' },
    ],
  });
});
