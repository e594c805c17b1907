import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { quote, unquote } from './string-literal.ts';

const hostile = fc.string({
  unit: fc.constantFrom('"', '\\', '`', '\n', '\r', '\0', '\u007f', 'x', 'é', '🚀', '\ud800'),
});

test('any text comes back from its literal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile), (text) => {
      expect(unquote(quote(text).slice(1, -1))).toEqual({ value: text.toWellFormed() });
    }),
  );
});

test('a literal ends where it should: no text closes it early or leaves its line', () => {
  // The string token of OTTL and Alloy: anything but a quote, a backslash or a line end, or an escaped character.
  const token = /^"(?:\\.|[^"\\\n])*"$/;
  fc.assert(fc.property(fc.oneof(fc.string(), hostile), (text) => expect(quote(text)).toMatch(token)));
});

test.each(['\\', '\\x4', '\\u12', '\\400', '\\U00110000', '\\ud800', '\\q', "\\'"])('%s is no escape', (inner) => {
  expect(unquote(inner)).toEqual({ badEscapeAt: 0 });
});
