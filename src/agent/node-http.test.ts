import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

test('no file of the agent imports node:http by name, which would load a WebSocket client', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !/\.(test|e2e|fixture)\.ts$/.test(file));
  const importing = sources.filter((file) =>
    /^import (?!type ).*from 'node:http'/m.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
  );
  expect(sources).toContain('node-http.ts');
  expect(importing).toEqual([]);
});
