import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { converse, type Turn } from './conversation.fixture.ts';
import { Trial } from './trial.fixture.ts';

const both = 1;
const head = 'GET /orders/17 HTTP/1.1\r\nHost: shop\r\nAccept: */*\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';

let trial: Trial;
let before: ReturnType<Trial['kernel']['readHealth']>;

beforeAll(() => {
  trial = new Trial();
});
afterAll(() => trial.kernel.close());
beforeEach(() => {
  before = trial.kernel.readHealth();
});

/** Each turn is read before the next is written: nothing is put together on the way. */
async function counted(turns: readonly Turn[]): Promise<Readonly<Record<string, number>>> {
  trial.select(both)(process.pid);
  await converse(turns);
  trial.kernel.removeTarget(process.pid);
  trial.settle();
  const health = trial.kernel.readHealth();
  const names = ['receives', 'requests', 'exchanges', 'connectionsBlind', 'unparsed', 'orphanResponses'] as const;
  return Object.fromEntries(names.map((name) => [name, Number(health[name] - before[name])]));
}

const cut = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at)];
const places = (text: string) => Array.from({ length: text.length - 1 }, (_, i) => i + 1);
const none = { connectionsBlind: 0, unparsed: 0, orphanResponses: 0 };

describe('heads that take two reads', () => {
  test('a request, cut after every byte', async () => {
    const turns = places(head).flatMap((at): Turn[] => {
      const [first, rest] = cut(head, at);
      return [[first], [rest, ok]];
    });
    const times = places(head).length;
    expect(await counted(turns)).toEqual({ receives: 3 * times, requests: 2 * times, exchanges: 2 * times, ...none });
  });

  test('an answer, cut after every byte', async () => {
    const turns = places(ok).flatMap((at): Turn[] => {
      const [first, rest] = cut(ok, at);
      return [
        [head, first],
        ['', rest],
      ];
    });
    const times = places(ok).length;
    expect(await counted(turns)).toEqual({ receives: 3 * times, requests: 2 * times, exchanges: 2 * times, ...none });
  });
});

test('bodies that take 2 to 20 reads, their bytes counted', async () => {
  const bytes = 1000;
  const counts = Array.from({ length: 19 }, (_, i) => i + 2);
  const turns = counts.flatMap((pieces): Turn[] => {
    const body = Array.from({ length: pieces }, (_, i) =>
      'b'.repeat(Math.floor((bytes * (i + 1)) / pieces) - Math.floor((bytes * i) / pieces)),
    );
    const asked: Turn[] = body.map((piece) => [piece]);
    const [last = ''] = body.slice(-1);
    return [[`POST /upload HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n`], ...asked.slice(0, -1), [last, ok]];
  });
  const reads = turns.length + counts.length;
  expect(await counted(turns)).toEqual({ receives: reads, requests: 38, exchanges: 38, ...none });
  const rows = trial.kernel.readRed().filter(({ method }) => method === 'POST');
  expect(rows.map(({ side, count, requestBytes }) => [side, count, requestBytes]).sort()).toEqual([
    ['client', 19n, 19_000n],
    ['server', 19n, 19_000n],
  ]);
  for (const { blind, unknown, slow } of trial.kernel.readCoverage()) expect(blind + unknown + slow).toBe(0n);
});
