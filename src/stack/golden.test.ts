import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { goldens } from './golden.ts';

const root = join(import.meta.dirname, '../..');

test.each(goldens.map(({ path, render }) => [path, render] as const))('%s is what is rendered', (path, render) => {
  expect(render()).toBe(readFileSync(join(root, path), 'utf8'));
});
