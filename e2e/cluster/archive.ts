import { createReadStream, statSync } from 'node:fs';

/** One member of a tar archive; paths have no leading slash and directories no trailing one. */
export type Entry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number; readonly uid?: number }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly from: string }
  | { readonly kind: 'link'; readonly path: string; readonly to: string };

const block = 512;
const typeFlag = { directory: '5', text: '0', file: '0', link: '2' } as const;

function sizeOf(entry: Entry): number {
  if (entry.kind === 'file') return statSync(entry.from).size;
  return entry.kind === 'text' ? Buffer.byteLength(entry.text) : 0;
}

/** Splits a path at a slash into the ustar prefix (155 bytes) and name (100 bytes). */
function splitPath(path: string): { name: string; prefix: string } {
  if (path.length <= 100) return { name: path, prefix: '' };
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (prefix.length <= 155 && name.length <= 100) return { name, prefix };
  }
  throw new Error(`path too long for a tar archive: ${path}`);
}

/** A ustar header (POSIX.1-1988). Times are zero, so equal content gives equal bytes. */
function header(entry: Entry, size: number): Buffer {
  const buffer = Buffer.alloc(block);
  const { name, prefix } = splitPath(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const octal = (value: number, offset: number, width: number): void => {
    buffer.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'ascii');
  };
  const owner = entry.kind === 'directory' ? (entry.uid ?? 0) : 0;
  buffer.write(name, 0);
  octal(entry.kind === 'link' ? 0o777 : entry.mode, 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  buffer.fill(' ', 148, 156);
  buffer.write(typeFlag[entry.kind], 156);
  if (entry.kind === 'link') buffer.write(entry.to, 157);
  buffer.write('ustar\x0000', 257, 'binary');
  buffer.write(prefix, 345);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return buffer;
}

function paddingOf(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** The members of an archive whose content is a stream of known length. */
export async function* tarMember(path: string, size: number, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield header({ kind: 'text', path, mode: 0o644, text: '' }, size);
  yield* content;
  yield paddingOf(size);
}

/** The two empty blocks that end an archive. */
export const tarEnd = Buffer.alloc(2 * block);

/** A whole tar archive, streamed; files are read while it is written, never held in memory. */
export async function* tarOf(entries: readonly Entry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const size = sizeOf(entry);
    yield header(entry, size);
    if (entry.kind === 'text') yield Buffer.from(entry.text);
    if (entry.kind === 'file') yield* createReadStream(entry.from, { highWaterMark: 1 << 20 });
    yield paddingOf(size);
  }
  yield tarEnd;
}
