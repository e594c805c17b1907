import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepBundle } from './bundle-store.ts';

const before = process.env['XDG_CACHE_HOME'];
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ostack-bundles-'));
  process.env['XDG_CACHE_HOME'] = cache;
});

afterEach(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(cache, { recursive: true });
});

const filled = (text: string) => async (directory: string) => writeFileSync(join(directory, 'shop.mjs'), text);

test('the same content is the same place, and is not touched by another one', async () => {
  const [one, same, other] = await Promise.all(['a', 'a', 'b'].map((text) => keepBundle('shop:dev', filled(text))));
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  expect(readFileSync(join(one!, 'shop.mjs'), 'utf8')).toBe('a');
  expect(readdirSync(join(one!, '..'))).toHaveLength(2);
});

test('what failed leaves nothing, and what nobody asked for in a day goes', async () => {
  const old = await keepBundle('shop:dev', filled('old'));
  utimesSync(old, new Date(0), new Date(0));
  await expect(keepBundle('shop:dev', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(join(old, '..'))).toEqual([]);
});
