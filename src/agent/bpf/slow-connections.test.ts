import { beforeEach, describe, expect, test } from '@jest/globals';
import type { KeptExchange } from './exchange.ts';
import type { Policy } from './kernel.ts';
import { SlowConnections } from './slow-connections.ts';
import { SlowPieces } from './slow-record.fixture.ts';

const second = 1_000_000_000n;
const letters = (n: number) => [...String(n)].map((digit) => String.fromCharCode(97 + Number(digit))).join('');

const keepAll: Policy = {
  keepErrors: true,
  slowerThanNs: 0n,
  threshold: 0n,
  keptPerSecond: 0,
  captureRequestBytes: 0,
};

let policy: Policy | undefined;
let slow: SlowConnections;
let kept: KeptExchange[];
let pieces: SlowPieces;
beforeEach(() => {
  kept = [];
  policy = undefined;
  slow = new SlowConnections({
    policyOf: () => policy,
    learnRoute: () => {},
    kept: (exchange) => kept.push(exchange),
    redRows: 10,
  });
  pieces = new SlowPieces((view, bytes, at) => slow.take(view, bytes, at));
});

describe('more paths than rows', () => {
  test('are counted together by status class, exactly, and it is known how many they were', () => {
    for (let i = 0; i < 100; i++) pieces.exchange(`/${letters(i)}`, i % 4 ? 200 : 503);
    const rows = [...slow.rows()];
    expect(rows).toHaveLength(10);
    const overflow = [...slow.overflow()];
    expect(overflow.map(({ serviceId, side, statusClass, count }) => [serviceId, side, statusClass, count])).toEqual([
      [1, 'server', 2, 68n],
      [1, 'server', 5, 22n],
    ]);
    expect(slow.counts.redFull).toBe(90n);
    expect(slow.counts.slowExchanges).toBe(100n);
  });

  test('what has a row goes on counting into it', () => {
    for (let i = 0; i < 12; i++) pieces.exchange(`/${letters(i)}`);
    pieces.exchange(`/${letters(0)}`);
    expect([...slow.rows()].map(({ count }) => count)).toEqual([2n, ...Array.from({ length: 9 }, () => 1n)]);
  });

  test('go with their service, which makes room for others', () => {
    for (let i = 0; i < 12; i++) pieces.exchange(`/${letters(i)}`);
    expect(slow.removeService(1)).toBe(12n);
    expect([[...slow.rows()], [...slow.overflow()]]).toEqual([[], []]);
    pieces.exchange('/a', 200, { serviceId: 2, socket: 8n });
    expect([...slow.rows()]).toHaveLength(1);
  });
});

describe('what is kept', () => {
  test('is as limited as in the kernel: no more than a second ahead of the rate, whatever the verdict', () => {
    policy = { ...keepAll, keptPerSecond: 10 };
    const ask = (atNs: bigint) => pieces.exchange('/a', 500, { atNs });
    for (let i = 0; i < 100; i++) ask(1000n * second);
    expect([kept.length, slow.counts.keptError, slow.counts.notKeptLimited, slow.counts.notKept]).toEqual([
      11,
      11n,
      89n,
      89n,
    ]);
    for (let i = 0; i < 100; i++) ask(1000n * second + second / 2n);
    expect(kept).toHaveLength(16);
    for (let i = 0; i < 100; i++) ask(1060n * second);
    expect(kept).toHaveLength(27);
  });

  test('has a limit for each service', () => {
    policy = { ...keepAll, keptPerSecond: 1 };
    for (const serviceId of [1, 2])
      for (let i = 0; i < 5; i++)
        pieces.exchange('/a', 200, { serviceId, socket: BigInt(serviceId), atNs: 1000n * second });
    expect(kept.map(({ serviceId }) => serviceId)).toEqual([1, 1, 2, 2]);
  });

  test('and what is not is remembered like the rest, the newest of it', () => {
    for (let i = 0; i < 3000; i++) pieces.exchange('/a', 200, { atNs: BigInt(i) * second });
    const all = slow.flight(0n, 3000n * second)?.takeDuring(0n, 3000n * second);
    expect([all?.length, all?.[0]?.startNs]).toEqual([2048, 952n * second]);
    const late = slow.flight(2990n * second, 2995n * second)?.takeDuring(0n, 3000n * second);
    expect(late?.map(({ startNs }) => startNs / second)).toEqual([2990n, 2991n, 2992n, 2993n, 2994n, 2995n]);
  });
});

describe('a connection whose end was never reported', () => {
  test('is forgotten after an hour of silence, and what it waited for is counted as not parsed', () => {
    pieces.request('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n', { socket: 7n, atNs: second });
    pieces.exchange('/c', 200, { socket: 8n, atNs: 3000n * second });
    slow.settle(3700n * second);
    expect([slow.open, slow.counts.slowLost, slow.counts.unparsed]).toEqual([1, 1n, 2n]);
  });

  test('one that is lost already is not counted a second time', () => {
    pieces.request('no HTTP\r\n\r\n', { atNs: second });
    expect(slow.counts.slowLost).toBe(1n);
    slow.settle(3700n * second);
    expect([slow.open, slow.counts.slowLost]).toEqual([0, 1n]);
  });

  test('one that still moves bytes stays, even if they can no longer be read', () => {
    pieces.request('no HTTP\r\n\r\n', { atNs: second });
    pieces.request('more', { atNs: 3600n * second });
    slow.settle(3700n * second);
    expect([slow.open, slow.counts.slowLost]).toEqual([1, 1n]);
  });
});

test('requests that nobody answers do not pile up without end', () => {
  for (let i = 0; i < 5000; i++) pieces.request('GET /a HTTP/1.1\r\n\r\n');
  expect([slow.counts.slowLost, slow.counts.unparsed]).toEqual([1n, 4096n]);
  slow.close(7n, second);
  slow.settle(2n * second);
  expect([slow.open, slow.counts.slowExchanges]).toEqual([0, 0n]);
});
