import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HttpReader, type HttpEvent } from './index.ts';

function read(text: string, pieces: readonly number[] = []): HttpEvent[] {
  const reader = new HttpReader(16);
  const bytes = Buffer.from(text, 'latin1');
  const events: HttpEvent[] = [];
  const cuts = [0, ...pieces.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < cuts.length; i++) {
    for (const event of reader.push(bytes.subarray(cuts[i - 1], cuts[i]))) {
      events.push(event);
      if (event.kind === 'head') reader.frame(event.head.status === 204);
    }
  }
  return events;
}

const kinds = (events: readonly HttpEvent[]) => events.map((event) => event.kind);
const post = 'POST /orders/42?x=1 HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 5\r\n\r\nhello';
const get = 'GET / HTTP/1.1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5\r\nhello\r\n10;ext\r\n0123456789abcdef\r\n0\r\nX: y\r\n\r\n';

describe('heads', () => {
  test('method, status, length, trace and the first bytes', () => {
    const [first, , second] = read(post + get);
    expect(first).toMatchObject({ kind: 'head', head: { kind: 'request', method: 'POST', length: 5n, offset: 0 } });
    expect(second).toMatchObject({
      head: {
        method: 'GET',
        offset: post.length,
        trace: { traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331', flags: 1 },
      },
    });
    expect(first?.kind === 'head' && Buffer.from(first.head.beginning).toString()).toBe('POST /orders/42?');
  });

  test.each([
    ['an unknown method without a version', 'STOR /file\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\n'],
    ['a greeting', '220 mail ESMTP\r\n'],
    ['binary', '\u0016\u0003\u0001'],
    ['a status that is none', 'HTTP/1.1 20 OK\r\n'],
  ])('%s is not HTTP/1', (_, text) => {
    expect(kinds(read(text))).toEqual(['not']);
  });

  test.each([
    ['two lengths that differ', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a length that is no number', 'POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n'],
    ['a framing header longer than can be carried', `POST / HTTP/1.1\r\nTransfer-Encoding: ${'a'.repeat(200)}\r\n\r\n`],
    ['a chunk size that is no number', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n'],
  ])('%s is odd', (_, text) => {
    expect(kinds(read(text)).at(-1)).toBe('odd');
  });
});

describe('bodies', () => {
  test('by length, by chunks with extensions and trailers, up to the close', () => {
    expect(read(post).at(-1)).toEqual({ kind: 'end', bodyBytes: 5n });
    expect(read(chunked).at(-1)).toEqual({ kind: 'end', bodyBytes: 21n });
    expect(kinds(read('HTTP/1.0 200 OK\r\n\r\neverything GET / HTTP/1.1\r\n\r\n'))).toEqual(['head']);
  });

  test('unreadable bytes pass inside a body and nowhere else', () => {
    const reader = new HttpReader();
    for (const event of reader.push(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n')))
      if (event.kind === 'head') reader.frame(false);
    expect(reader.skip(8n)).toBe(true);
    expect([...reader.push(Buffer.from('x'))]).toEqual([{ kind: 'end', bodyBytes: 9n }]);
    expect(reader.skip(1n)).toBe(false);
  });
});

test('the outcome never depends on where the bytes were cut', () => {
  const text = `\r\n${post}${get}GET /${'long'.repeat(60)} HTTP/1.1\r\nCookie: ${'c'.repeat(300)}\r\n\r\n${post}`;
  const whole = read(text);
  expect(kinds(whole)).toEqual(['head', 'end', 'head', 'head', 'head', 'end']);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
      expect(read(text, cuts)).toEqual(whole);
    }),
  );
});
