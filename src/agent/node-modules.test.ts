import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

test('no file of the agent imports by name what only sending needs: it would be loaded before anything is counted', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !/\.(test|e2e|fixture)\.ts$/.test(file));
  const importing = sources.filter((file) =>
    /^import (?!type ).*from 'node:(http|https|tls|zlib|crypto)'/m.test(
      readFileSync(join(import.meta.dirname, file), 'utf8'),
    ),
  );
  expect(sources).toContain('node-modules.ts');
  expect(importing).toEqual([]);
});
