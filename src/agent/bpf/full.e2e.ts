import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KernelOptions } from './index.ts';
import { ShapesServer, runClient, type Counts } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial, keepNothing, thresholdOf } from './trial.fixture.ts';

const server = 1;
const client = 2;

const { program } = shapesOfFile();
let target: ShapesServer;
let trial: Trial;

beforeEach(async () => {
  target = await ShapesServer.start(program);
});
afterEach(() => trial.kernel.close());

function open(options: KernelOptions = {}): void {
  trial = new Trial(options);
  trial.select(server)(target.pid);
}

/** Exchanges by the first digit of their status. */
function byClass(counts: Counts): Counts {
  const totals: Counts = {};
  for (const [key, n] of Object.entries(counts)) {
    const digit = key.split(' ')[1]?.[0] ?? '';
    totals[digit] = (totals[digit] ?? 0) + n;
  }
  return totals;
}

describe('100,000 paths, 4,096 rows', () => {
  test('totals per service and status class are exact, and how much of them has no row is known', async () => {
    open();
    await runClient(program, target.port, ['words', 100_000], trial.select(client));
    await runClient(program, target.port, ['keepalive', 2, 500, '/status/503'], trial.select(client));
    const truth = byClass(await target.stop());
    // One of the paths is /same, which this server answers with 304.
    expect(truth).toEqual({ 2: 99_999, 3: 1, 5: 1000 });
    const rows = trial.kernel.readRed();
    const overflow = trial.kernel.readOverflow();
    const totals = (serviceId: number) => {
      const found: Counts = {};
      const add = (digit: number, count: bigint) => (found[digit] = (found[digit] ?? 0) + Number(count));
      for (const row of rows) if (row.serviceId === serviceId) add(Math.floor(row.status / 100), row.count);
      for (const row of overflow) if (row.serviceId === serviceId) add(row.statusClass, row.count);
      return found;
    };
    expect([totals(server), totals(client)]).toEqual([truth, truth]);
    expect(rows).toHaveLength(4096);
    const without = overflow.reduce((sum, row) => sum + row.count, 0n);
    const health = trial.kernel.readHealth();
    expect(without).toBe(202_000n - rows.reduce((sum, row) => sum + row.count, 0n));
    expect(health).toMatchObject({ exchanges: 202_000n, redFull: without });
    // Names have a table of their own, which is full as well: that is counted, and costs no count.
    expect(health.routesFull).toBeGreaterThan(80_000n);
  }, 60_000);

  test('what one service fills does not blur the sums of durations and bytes of another', async () => {
    open({ redRows: 16 });
    await runClient(program, target.port, ['words', 2000], () => {});
    await runClient(program, target.port, ['posts', 1000, 300], trial.select(client));
    const late = trial.kernel.readOverflow().filter((row) => row.serviceId === client);
    expect(late).toMatchObject([{ count: 300n, requestBytes: 300_000n, responseBytes: 1500n, statusClass: 2 }]);
    await target.stop();
  }, 30_000);
});

test('on connections that userland follows rows are as few, and the totals have the rest as well', async () => {
  open({ redRows: 1 });
  await runClient(program, target.port, ['pipeline', 20, 200], trial.select(client));
  const asked = Object.values(await target.stop()).reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < 3; i++) trial.kernel.poll();
  const rows = trial.kernel.readRed();
  const overflow = trial.kernel.readOverflow();
  const total = (all: readonly { count: bigint }[]) => all.reduce((sum, { count }) => sum + count, 0n);
  const { slowExchanges, redFull } = trial.kernel.readHealth();
  expect(total(rows) + total(overflow)).toBe(BigInt(2 * asked));
  expect(redFull).toBe(total(overflow));
  expect(rows.length).toBeLessThanOrEqual(2);
  expect(new Set(overflow.map((row) => JSON.stringify([row.serviceId, row.side, row.statusClass]))).size).toBe(
    overflow.length,
  );
  expect(slowExchanges).toBeGreaterThan(0n);
  expect(total(overflow)).toBeGreaterThan(0n);
}, 30_000);

describe('nobody takes what was kept', () => {
  test('kept, lost to a full ring and not sampled add up to all, counts are exact, and it goes on afterwards', async () => {
    open({ pollEveryMs: 0, keptRingBytes: 64 << 10 });
    trial.kernel.setPolicy(server, { ...keepNothing, keepErrors: true, threshold: thresholdOf(0.5) });
    const ask = (connections: number, each: number, path: string) =>
      runClient(program, target.port, ['keepalive', connections, each, path], trial.select(client));
    await ask(16, 6000, '/plain');
    await ask(2, 1000, '/status/500');
    const stopped = trial.kernel.readHealth();
    const kept = stopped.keptShare + stopped.keptError;
    expect(trial.kept.length).toBe(0);
    expect(stopped.keptRingFull).toBeGreaterThan(40_000n);
    // 98,000 at the server; the client's service has no policy and keeps nothing.
    expect(kept + stopped.keptRingFull + stopped.notKept).toBe(196_000n);
    trial.settle();
    expect(trial.kept).toHaveLength(Number(kept));
    await ask(1, 50, '/status/500');
    trial.settle();
    expect(trial.kept).toHaveLength(Number(kept) + 50);
    expect(trial.counts(server)).toEqual(await target.stop());
  }, 60_000);
});
