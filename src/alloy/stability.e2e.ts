import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { programPath } from '../../e2e/cluster/programs.ts';
import { levels } from './stability.ts';

const folder = mkdtempSync(join(tmpdir(), 'ostack-stability-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Alloy has to say about its use of each component at a level; nothing at all is right with any of them otherwise. */
function complaints(level: string): string {
  const file = join(folder, `${level}.alloy`);
  writeFileSync(file, [...levels.keys()].map((name) => `${name} "x" { }\n`).join(''));
  const { status, stderr } = spawnSync(programPath('alloy'), ['validate', `--stability.level=${level}`, file], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  return stderr;
}

/** The components Alloy refuses at a level, because they are less stable. */
function refusedAt(level: string): readonly string[] {
  const found = complaints(level).matchAll(/component "([\w.]+)" is at stability level/g);
  return [...new Set([...found].map(([, name]) => name ?? ''))].sort();
}

const below = (...wanted: string[]) =>
  [...levels].flatMap(([name, level]) => (wanted.includes(level) ? [name] : [])).sort();

test.each([
  ['generally-available', below('public-preview', 'experimental')],
  ['public-preview', below('experimental')],
  ['experimental', []],
])('at %s Alloy refuses exactly what is said here to be less stable', (level, refused) => {
  expect(refusedAt(level)).toEqual(refused);
});

test('there is no component here that Alloy does not have', () => {
  expect(complaints('experimental')).not.toMatch(/cannot find the definition|unrecognized component/i);
});
