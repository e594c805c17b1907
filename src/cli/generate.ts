// Writes every generated file; with --check it only tells which ones are stale and exits 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { generators } from './generators.ts';

const root = join(import.meta.dirname, '../..');
const check = argv.includes('--check');

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

let stale = 0;
for (const { path, render } of generators) {
  const [file, text] = [join(root, path), await render()];
  if (current(file) === text) continue;
  stale++;
  stdout.write(check ? `${path} is stale: run make generate\n` : `wrote ${path}\n`);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
exit(check && stale > 0 ? 1 : 0);
