import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { generators } from './generators.ts';

test.each(generators.map((each) => [each.path, each] as const))(
  '%s is what its program writes today',
  async (path, { render }) => {
    expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(await render());
  },
);

test('no file is written by two programs', () => {
  expect(new Set(generators.map(({ path }) => path)).size).toBe(generators.length);
});
