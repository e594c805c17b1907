import { expect, test } from '@jest/globals';
import { exchange, itemOf } from './exchange.fixture.ts';
import { enclosingRequest } from './nesting.ts';

const call = exchange({ side: 'client', tgid: 5, requestTid: 51, startMs: 10, durationMs: 5 });
const served = (startMs: number, durationMs: number, tid = 50, responseTid = tid) =>
  itemOf(exchange({ tgid: 5, requestTid: tid, responseTid, startMs, durationMs }));

test('the only request a process serves causes what it calls, whatever its threads do', () => {
  const only = served(0, 100);
  expect(enclosingRequest(call, [only, served(30, 5), served(0, 5)], 'nodejs')).toBe(only);
});

test('of two open requests of an event loop neither is guessed', () => {
  expect(enclosingRequest(call, [served(0, 100, 51), served(5, 100, 51)], 'nodejs')).toBeUndefined();
});

test('with a thread per request, the thread tells them apart', () => {
  const own = served(0, 100, 51);
  expect(enclosingRequest(call, [own, served(5, 100, 52)], 'python')).toBe(own);
});

test('but not where requests wander between threads', () => {
  const requests = [served(0, 100, 51), served(5, 100, 52)];
  expect(enclosingRequest(call, requests, undefined)).toBeUndefined();
  expect(enclosingRequest(call, [served(0, 100, 51, 59), served(5, 100, 52)], 'java')).toBeUndefined();
});

test('neither a request of another process nor one already answered causes a call', () => {
  const other = itemOf(exchange({ tgid: 6, startMs: 0, durationMs: 100 }));
  expect(enclosingRequest(call, [other, served(0, 9)], 'python')).toBeUndefined();
});
