import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, tarOf } from './archive.ts';
import { cacheDirectory } from './place.ts';

/** One layer of an image: its digest and length are known, its bytes are made again whenever they are needed. */
export interface Layer {
  /** `sha256:…` of the uncompressed tar archive. */
  readonly digest: string;
  readonly size: number;
  content(): AsyncIterable<Buffer>;
}

/** A layer of the given entries. */
export function layerOf(entries: readonly Entry[]): Promise<Layer> {
  const facts = entries.map((entry) => (entry.kind === 'file' ? { ...entry, ...versionOf(entry.from) } : entry));
  return measured(JSON.stringify(facts), () => tarOf(entries));
}

/** A layer whose tar archive is already a file. */
export function layerFrom(archive: string): Promise<Layer> {
  return measured(JSON.stringify({ archive, ...versionOf(archive) }), () =>
    createReadStream(archive, { highWaterMark: 1 << 20 }),
  );
}

function versionOf(path: string): { size: number; mtimeMs: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, mtimeMs };
}

// Hashing half a gigabyte takes seconds, so the answer is kept under the names, sizes and times of what went in.
async function measured(facts: string, content: () => AsyncIterable<Buffer>): Promise<Layer> {
  const folder = join(cacheDirectory(), 'layers');
  const memory = join(folder, `${createHash('sha256').update(facts).digest('hex')}.json`);
  if (existsSync(memory)) {
    const known = JSON.parse(readFileSync(memory, 'utf8')) as { digest: string; size: number };
    return { ...known, content };
  }
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content()) {
    hash.update(chunk);
    size += chunk.length;
  }
  const known = { digest: `sha256:${hash.digest('hex')}`, size };
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${memory}.${process.pid}`, JSON.stringify(known));
  renameSync(`${memory}.${process.pid}`, memory);
  return { ...known, content };
}
