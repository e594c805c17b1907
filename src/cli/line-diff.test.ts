import { expect, test } from '@jest/globals';
import { array, assert, constantFrom, property } from 'fast-check';
import { lineDiff, unified } from './line-diff.ts';

const lines = array(constantFrom('a', 'b', 'c'), { maxLength: 12 });

test('taking away and adding what it says leads from one to the other', () => {
  assert(
    property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after);
      expect(diff.filter((l) => l.sign !== '+').map((l) => l.text)).toEqual(before);
      expect(diff.filter((l) => l.sign !== '-').map((l) => l.text)).toEqual(after);
    }),
  );
});

test('only what is near a change is shown', () => {
  const before = Array.from({ length: 20 }, (_, n) => `line ${n}`);
  const after = before.with(3, 'changed').with(17, 'changed too');
  expect(unified(lineDiff(before, after), 1)).toBe(
    ' line 2\n-line 3\n+changed\n line 4\n  …\n line 16\n-line 17\n+changed too\n line 18\n',
  );
  expect(unified(lineDiff(before, before))).toBe('');
});
