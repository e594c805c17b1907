import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseStack } from '../src/api/index.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));
const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');

test.each(files)('%s is a stack that would be accepted', (file) => {
  expect(parseStack(parse(read(file)))).toMatchObject({ ok: true });
});

test('each example is another stack, and the first one takes twelve lines', () => {
  const names = files.map((file) => (parse(read(file)) as { metadata: { name: string } }).metadata.name);
  expect(new Set(names).size).toBe(files.length);
  expect(files.length).toBeGreaterThanOrEqual(4);
  expect(read('dev.yaml').trimEnd().split('\n').length).toBeLessThanOrEqual(12);
});
