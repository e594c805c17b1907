import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isIdentifier, toLabel } from './identifier.ts';

test.each([
  ['my-sink.eu', 'my_sink_eu'],
  ['2nd', '_2nd'],
  ['true', '_true'],
  ['', '_'],
  ['café', 'café'],
])('%j becomes the label %s', (name, label) => {
  expect(toLabel(name)).toBe(label);
});

test('every name becomes an identifier, and an identifier stays itself', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => expect(isIdentifier(toLabel(name))).toBe(true)));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_][a-z0-9_]*$/).filter(isIdentifier), (name) =>
      expect(toLabel(name)).toBe(name),
    ),
  );
});
