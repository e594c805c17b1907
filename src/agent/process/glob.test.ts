import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { matchesGlob } from './glob.ts';

test.each([
  ['*', '', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbbd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['/usr/*/node*', '/usr/local/bin/node24', true],
  ['a.c', 'abc', false],
  ['', 'a', false],
])('%s against %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

test('it means what the same expression means as a regular expression', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(part, fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }), (glob, text) => {
      const pattern = glob
        .replaceAll('.', String.raw`\.`)
        .replaceAll('?', '.')
        .replaceAll('*', '.*');
      expect(matchesGlob(glob, text)).toBe(new RegExp(`^${pattern}$`).test(text));
    }),
  );
});
