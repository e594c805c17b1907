import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { bundle } from './bundle.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ostack-bundle-'));
afterAll(() => rmSync(scratch, { recursive: true }));

async function bundled(name: string, source: string): Promise<string> {
  const entry = join(scratch, `${name}.ts`);
  writeFileSync(entry, source);
  const directory = join(scratch, name);
  await bundle({ entry, directory, file: 'program.mjs' });
  return directory;
}

function run(directory: string): string {
  return execFileSync(process.execPath, ['program.mjs'], { cwd: directory, encoding: 'utf8' });
}

describe('a bundle', () => {
  test('is one file when nothing native is needed, and what was there before is gone', async () => {
    await bundled('plain', 'console.log("before")');
    writeFileSync(join(scratch, 'plain', 'left-over'), '');
    const directory = await bundled(
      'plain',
      `enumerate(['a']); function enumerate(x: string[]) { console.log(x.length) }`,
    );
    expect(readdirSync(directory)).toEqual(['program.mjs']);
    expect(run(directory)).toBe('1\n');
  });

  test('calls into C without the node_modules of the checkout', async () => {
    const call = `import koffi from 'koffi'; console.log(koffi.load('libc.so.6').func('int abs(int)')(-3))`;
    expect(run(await bundled('native', call))).toBe('3\n');
  });

  test('keeps the names of errors and functions, so a stack trace from a cluster reads', async () => {
    const source = `class Unreachable extends Error { override name = this.constructor.name } try { throw new Unreachable('x') } catch (error) { console.log(String(error)) }`;
    expect(run(await bundled('names', source))).toBe('Unreachable: x\n');
  });
});
