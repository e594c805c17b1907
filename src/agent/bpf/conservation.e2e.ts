import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConnectionClose } from './index.ts';
import { ShapesServer, countsIn, runClient } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial } from './trial.fixture.ts';

const server = 1;
const bodyBytes = 300;
const times = 200;

const { program } = shapesOfFile();
let trial: Trial;

beforeEach(() => {
  trial = new Trial();
});
afterEach(() => trial.kernel.close());

function closes(): ConnectionClose[] {
  return trial.events.filter((event) => event.kind === 'close');
}

test('10,000 closed sockets: each moved the bytes TCP itself says', async () => {
  const target = await ShapesServer.start(program, ['witness']);
  trial.select(server)(target.pid);
  await runClient(program, target.port, ['fresh', 10_000], () => {});
  const lines = await target.end();
  trial.settle();
  const seen = new Map(closes().map((event) => [event.socket, [event.sentBytes, event.receivedBytes]]));
  const said = lines
    .filter((line) => line.startsWith('connection'))
    .map((line) => line.split(' ').slice(1).map(BigInt) as [bigint, bigint, bigint]);
  expect(said).toHaveLength(10_000);
  /* The peer's FIN counts as a byte received. */
  const wrong = said.filter(([cookie, sent, received]) => {
    const [ours, theirs] = seen.get(cookie) ?? [];
    return ours !== sent || theirs !== received - 1n;
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}, 60_000);

/** Every byte of the server's service, by what became of it. */
function bytes(): { all: bigint; parsed: bigint; blind: bigint; unknown: bigint; slow: bigint } {
  const none = { parsed: 0n, blind: 0n, unknown: 0n, slow: 0n };
  const { parsed, blind, unknown, slow } = trial.kernel.readCoverage().find((row) => row.serviceId === server) ?? none;
  return { all: parsed + blind + unknown + slow, parsed, blind, unknown, slow };
}

async function runOpaque(mode: string): Promise<{ sent: bigint; received: bigint; answered: number }> {
  const target = await ShapesServer.start(program, ['opaque', mode]);
  trial.select(server)(target.pid);
  await runClient(program, target.port, ['posts', bodyBytes, times], () => {});
  const [moved = '', ...counts] = await target.end();
  trial.settle();
  const [, sent = '0', received = '0'] = moved.split(' ');
  const answered = countsIn(counts)['POST 200 /plain'] ?? 0;
  expect(answered).toBe(times);
  return { sent: BigInt(sent), received: BigInt(received), answered };
}

describe('bytes that no probe can read are counted, as such', () => {
  test.each([
    ['ring-send', 'answers by io_uring', { connectionsBlind: 1n, unparsed: 1n }],
    ['ring-receive', 'requests by io_uring', { connectionsBlind: 1n, orphanResponses: 1n }],
    ['splice-head', 'requests by splice', { connectionsBlind: 0n, orphanResponses: 200n }],
  ])(
    '%s: %s are blind, and no exchange is made up',
    async (mode, _, reasons) => {
      const { sent, received } = await runOpaque(mode);
      const found = bytes();
      /* Spliced before the first call that is seen, a request is like one from before the process was selected. */
      const before = mode === 'splice-head' ? received / BigInt(times) : 0n;
      expect(found.all).toBe(sent + received - before);
      expect(found.blind).toBeGreaterThan(mode === 'ring-send' ? sent : received - before - 1000n);
      expect(trial.counts(server)).toEqual({});
      expect(trial.kernel.readHealth()).toMatchObject({ exchanges: 0n, unanswered: 0n, ...reasons });
    },
    30_000,
  );

  test.each([
    ['splice-in', BigInt(times * bodyBytes) / 2n],
    ['splice-out', 0n],
  ])(
    '%s: heads are read, bodies pass: the count is exact',
    async (mode, blind) => {
      const { sent, received } = await runOpaque(mode);
      const found = bytes();
      expect(trial.counts(server)).toEqual({ 'POST 200 /plain': times });
      expect(found.all).toBe(sent + received);
      expect(found.blind).toBeGreaterThanOrEqual(blind);
      expect(trial.kernel.readHealth()).toMatchObject({ connectionsBlind: 0n, unparsed: 0n, orphanResponses: 0n });
    },
    30_000,
  );
});
