const prime = 0x100000001b3n;
const mask = (1n << 64n) - 1n;
const targetBytes = 96;

interface Folded {
  readonly hash: bigint;
  readonly template: string;
}

/**
 * The kernel's folding of a request target (bpf/protocol/http.h): the path up to `?` or `#`, at most 96 bytes of target,
 * FNV-1a over it with every id segment as one mark. An id: all digits; 8 or more hex digits and dashes with a digit; 20 or
 * more characters with a digit. Hash 0 and an empty template: no path (CONNECT, a host without one).
 */
export function foldTarget(target: Uint8Array): Folded {
  const bytes = target.subarray(0, targetBytes);
  const from = pathStart(bytes);
  if (from >= bytes.length) return { hash: 0n, template: '' };
  let hash = 0xcbf29ce484222325n;
  let before = hash;
  let begin = from;
  let template = '';
  for (let at = from; ; at++) {
    const c = at < bytes.length ? (bytes[at] ?? 0) : 0;
    const stop = c <= 0x20 || c === 0x3f || c === 0x23;
    if (!stop && c !== 0x2f) {
      hash = step(hash, c);
      continue;
    }
    const segment = Buffer.from(bytes.subarray(begin, at)).toString('latin1');
    const id = isId(segment);
    if (id) hash = step(before, 1);
    template += id ? '{id}' : segment;
    if (stop) return { hash, template };
    hash = step(hash, 0x2f);
    template += '/';
    before = hash;
    begin = at + 1;
  }
}

/** Route hash of a path, as the kernel counts it. */
export function routeHashOf(path: string): bigint {
  return foldTarget(Buffer.from(path, 'utf8')).hash;
}

function step(hash: bigint, byte: number): bigint {
  return ((hash ^ BigInt(byte)) * prime) & mask;
}

function isId(segment: string): boolean {
  if (!/[0-9]/.test(segment)) return false;
  if (segment.length >= 20 || /^[0-9]+$/.test(segment)) return true;
  return segment.length >= 8 && /^[0-9a-fA-F-]+$/.test(segment);
}

/** Where the path of the target begins: of absolute form (scheme://host/path), after the host. */
function pathStart(bytes: Uint8Array): number {
  if (bytes[0] === 0x2f || bytes[0] === 0x2a) return 0;
  let slashes = 0;
  for (let at = 0; at < bytes.length; at++) {
    const c = bytes[at] ?? 0;
    if (c <= 0x20 || c === 0x3f || c === 0x23) break;
    if (c === 0x2f && ++slashes === 3) return at;
  }
  return bytes.length;
}
