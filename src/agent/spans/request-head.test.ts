import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseRequestHead } from './request-head.ts';

const parse = (text: string) => {
  const { headers, ...line } = parseRequestHead(Buffer.from(text, 'latin1'));
  return { ...line, headers: Object.fromEntries(headers) };
};

test.each([
  ['GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n', { path: '/a', query: 'b=c', version: '1.1', headers: { host: ['x'] } }],
  ['GET http://h:8/a/b HTTP/1.0\r\n\r\n', { path: '/a/b', version: '1.0', headers: {} }],
  ['GET http://h HTTP/1.1\r\n\r\n', { path: '/', version: '1.1', headers: {} }],
  ['OPTIONS * HTTP/1.1\r\nA: 1\r\na: 2\r\n\r\nX: 9\r\n', { path: '*', version: '1.1', headers: { a: ['1', '2'] } }],
  ['GET /cut HTTP/1.1\r\nHost: whole\r\nAuthori', { path: '/cut', version: '1.1', headers: { host: ['whole'] } }],
  ['GET /very/long/pa', { headers: {} }],
  ['', { headers: {} }],
])('%j', (text, expected) => {
  expect(parse(text)).toEqual(expected);
});

test('no bytes break it', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseRequestHead(bytes)));
});
