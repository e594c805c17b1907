import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './place.ts';

const unusedMs = 24 * 3_600_000;

/**
 * Fills a directory and keeps it under the hash of what is in it: the same bundle is the same path, and one that somebody
 * still reads is never written to. Bundles nobody asked for in a day are removed.
 */
export async function keepBundle(name: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const store = join(cacheDirectory(), 'bundles');
  mkdirSync(store, { recursive: true });
  const fresh = mkdtempSync(join(store, 'new-'));
  try {
    await fill(fresh);
    const kept = join(store, `${encodeURIComponent(name)}-${hashOf(fresh)}`);
    moveUnlessThere(fresh, kept);
    utimesSync(kept, new Date(), new Date());
    return kept;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    removeUnused(store);
  }
}

function hashOf(directory: string): string {
  const hash = createHash('sha256');
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const from = join(directory, path);
    hash.update(`${path}\0`);
    if (statSync(from).isFile()) hash.update(readFileSync(from));
  }
  return hash.digest('hex').slice(0, 16);
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function removeUnused(store: string): void {
  for (const each of readdirSync(store).map((entry) => join(store, entry))) {
    const age = Date.now() - (statSync(each, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > unusedMs) rmSync(each, { recursive: true, force: true });
  }
}
