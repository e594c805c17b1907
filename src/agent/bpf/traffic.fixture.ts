/** Seeded HTTP/1 byte streams: well-formed ones of every framing, and the same with bytes changed, dropped and doubled. */

/** A seeded source of whole numbers below `n`. */
export function seeded(seed: number): (n: number) => number {
  let state = seed >>> 0 || 1;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

type Random = (n: number) => number;

const methods = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'PATCH',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'PROPFIND',
  'Get',
  'GE',
];
const segments = [
  'orders',
  '42',
  'deadbeef01',
  '550e8400-e29b-41d4-a716-446655440000',
  'v1',
  'a'.repeat(19) + '7',
  '%20',
  '',
];
const fillers = [
  'Host: shop',
  'Accept: */*',
  'X-Long: ',
  'Cookie: ',
  'content-lengthy: 5',
  'Transfer-Encodin: chunked',
];
const lineEnds = ['\r\n', '\r\n', '\r\n', '\n'];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)] as T;
}

function repeat(random: Random, most: number, one: () => string): string {
  return Array.from({ length: random(most + 1) }, one).join('');
}

function header(random: Random): string {
  const name = pick(random, fillers);
  const value = name.endsWith(': ') ? 'x'.repeat(random(400)) : '';
  return name + value + pick(random, lineEnds);
}

function trace(random: Random): string {
  const hex = (n: number) => Array.from({ length: n }, () => '0123456789abcdef'[random(16)]).join('');
  return `traceparent: 00-${hex(32)}-${hex(16)}-0${random(2)}\r\n`;
}

function body(random: Random): { head: string; bytes: string } {
  const size = pick(random, [0, 1, 7, 100, 700]);
  const text = pick(random, ['x', 'GET / HTTP/1.1\r\n', '\r\n']).repeat(size).slice(0, size);
  switch (random(4)) {
    case 0:
      return { head: '', bytes: '' };
    case 1: {
      const chunks = repeat(random, 5, () => {
        const part = 'y'.repeat(1 + random(40));
        return `${part.length.toString(16)}${random(4) ? '' : ';ext=1'}\r\n${part}\r\n`;
      });
      const trailer = random(3) ? '' : 'X-Sum: 1\r\n';
      return { head: 'Transfer-Encoding: chunked\r\n', bytes: `${chunks}0\r\n${trailer}\r\n` };
    }
    default:
      return { head: `Content-Length:${' '.repeat(random(3))}${size}\r\n`, bytes: text };
  }
}

function message(random: Random, response: boolean): string {
  const path = '/' + repeat(random, 4, () => `${pick(random, segments)}/`) + pick(random, ['', '?q=1', '#a', 'x']);
  const target = pick(random, [
    path,
    path,
    path,
    `http://shop:80${path}`,
    '*',
    'shop:443',
    path + 'z'.repeat(random(200)),
  ]);
  const status = pick(random, [200, 200, 204, 304, 404, 500, 100, 101, 999]);
  const first = response ? `HTTP/1.${random(2)} ${status} OK` : `${pick(random, methods)} ${target} HTTP/1.1`;
  const { head, bytes } = body(random);
  const headers = repeat(random, 3, () => header(random)) + (random(4) ? '' : trace(random));
  return `${first}${pick(random, lineEnds)}${headers}${head}${repeat(random, 2, () => header(random))}\r\n${bytes}`;
}

function mutate(random: Random, bytes: Buffer): Buffer {
  const out = [...bytes];
  for (let i = random(4); i > 0 && out.length > 0; i--) {
    const at = random(out.length);
    const how = random(3);
    if (how === 0) out[at] = pick(random, [0, 10, 13, 32, 48, 58, 90, 255, random(256)]);
    else if (how === 1) out.splice(at, 1 + random(8));
    else out.splice(at, 0, ...out.slice(at, at + 1 + random(20)));
  }
  return Buffer.from(out);
}

/** One direction's bytes, at most 4,096; about half of them well-formed. */
export function stream(random: Random): Buffer {
  if (random(20) === 0) return Buffer.from(Array.from({ length: random(600) }, () => random(256)));
  const response = random(2) === 1;
  const text = Array.from({ length: 1 + random(5) }, () => message(random, response)).join('');
  const bytes = Buffer.from(text, 'latin1');
  return (random(2) ? mutate(random, bytes) : bytes).subarray(0, 4096);
}

/** A beginning of a stream with a few bytes changed; much cheaper than a stream, so that there can be many. */
export function variant(random: Random, bytes: Buffer): Buffer {
  const out = Buffer.from(bytes.subarray(0, 1 + random(random(8) ? 300 : 4096)));
  for (let i = random(4); i > 0; i--) {
    const at = random(out.length);
    if (random(3)) out[at] = pick(random, [0, 10, 13, 32, 48, 58, 90, 255, random(256)]);
    else out.copy(out, at, random(out.length), out.length);
  }
  return out;
}

/** Bytes that are no protocol, up to 128 of them. */
export function noise(random: Random): Buffer {
  const out = Buffer.allocUnsafe(1 + random(128));
  for (let i = 0; i < out.length; i++) out[i] = random(256);
  return out;
}
