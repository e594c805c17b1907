import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as elapse } from 'node:timers/promises';
import { bucketBoundsNs, type KeptExchange, type RedRow } from './index.ts';
import { ShapesServer, runClient, startProgram } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial, keepNothing, thresholdOf } from './trial.fixture.ts';

const server = 1;
const client = 2;
const slowerThanNs = 25_000_000n;
const everyId = 2 ** 56;
/** 99.9 % of draws lie within so many standard deviations; at 10 % of a million they are 1 % of the whole. */
const within999 = 3.29;

const { program } = shapesOfFile();
let target: ShapesServer;
let trial: Trial;

beforeEach(start);
afterEach(stop);

async function start(): Promise<void> {
  // Room for all that is kept: this is about what is chosen, not about what is lost.
  trial = new Trial({ keptRingBytes: 64 << 20 });
  target = await ShapesServer.start(program);
  trial.select(server)(target.pid);
}

async function stop(): Promise<void> {
  await target.stop();
  trial.kernel.close();
}

async function restart(): Promise<void> {
  await stop();
  await start();
}

/** Exchanges that took longer than the policy allows: its bound is one of the buckets'. */
function slowIn(rows: readonly RedRow[]): number {
  const from = bucketBoundsNs.indexOf(slowerThanNs) + 1;
  return rows.reduce((sum, row) => sum + row.buckets.slice(from).reduce((all, n) => all + Number(n), 0), 0);
}

function countOf(rows: readonly RedRow[]): number {
  return rows.reduce((sum, row) => sum + Number(row.count), 0);
}

interface End {
  readonly errors: readonly RedRow[];
  readonly others: readonly RedRow[];
  readonly kept: Readonly<Record<KeptExchange['verdict'], readonly KeptExchange[]>>;
}

function end(serviceId: number): End {
  const rows = trial.kernel.readRed().filter((row) => row.serviceId === serviceId);
  const kept = trial.kept.filter((exchange) => exchange.serviceId === serviceId);
  const of = (verdict: KeptExchange['verdict']) => kept.filter((exchange) => exchange.verdict === verdict);
  return {
    errors: rows.filter((row) => row.status === 503),
    others: rows.filter((row) => row.status !== 503),
    kept: { error: of('error'), slow: of('slow'), share: of('share') },
  };
}

/** How far a share was off: in standard deviations of a draw, and as a part of the whole once each stands for 1/p. */
interface Draw {
  readonly deviations: number;
  readonly adjusted: number;
}

async function draw(): Promise<Readonly<Record<'one' | 'ten', Draw>>> {
  const policy = { ...keepNothing, keepErrors: true, slowerThanNs };
  trial.kernel.setPolicy(server, { ...policy, threshold: thresholdOf(0.01) });
  trial.kernel.setPolicy(client, { ...policy, threshold: thresholdOf(0.1) });
  const ask = (connections: number, each: number, path: string) =>
    runClient(program, target.port, ['keepalive', connections, each, path], trial.select(client));
  await Promise.all([ask(8, 125_000, '/plain'), ask(2, 1000, '/status/503'), ask(4, 50, '/delay/40000')]);
  trial.settle();
  expect(trial.kernel.readHealth()).toMatchObject({ keptRingFull: 0n, notKeptLimited: 0n });
  const atClient = new Set(trial.kept.filter((e) => e.serviceId === client).map((e) => e.traceId));
  expect(end(server).kept.share.filter((exchange) => !atClient.has(exchange.traceId)).length).toBe(0);
  return { one: judge(end(server), 0.01), ten: judge(end(client), 0.1) };
}

/** What has to hold whatever was drawn, and how the draw came out. */
function judge({ errors, others, kept }: End, p: number): Draw {
  expect([countOf(errors), countOf(others)]).toEqual([2000, 1_000_200]);
  expect(kept.error).toHaveLength(2000);
  expect(kept.slow).toHaveLength(slowIn(others));
  expect(kept.slow.length).toBeGreaterThanOrEqual(200);
  const n = countOf(others) - kept.slow.length;
  const weights = kept.share.map(({ threshold }) => everyId / (everyId - Number(threshold)));
  const stoodFor = weights.reduce((sum, weight) => sum + weight, kept.error.length + kept.slow.length);
  const deviations = (kept.share.length - n * p) / Math.sqrt(n * p * (1 - p));
  const adjusted = stoodFor / 1_002_200 - 1;
  console.info(`${p * 100} %: ${kept.share.length} of ${n} kept, ${deviations.toFixed(2)} deviations off`);
  return { deviations: Math.abs(deviations), adjusted: Math.abs(adjusted) };
}

describe('a million exchanges under a policy', () => {
  test('every error and every slow one is kept, of the others the share, and the kept ones stand for all', async () => {
    const fits = ({ one, ten }: Awaited<ReturnType<typeof draw>>) =>
      one.deviations < within999 && ten.deviations < within999 && ten.adjusted < 0.01;
    const first = await draw();
    if (fits(first)) return;
    // Of a thousand honest draws, a few lie outside; of a thousand times two, none.
    await restart();
    const second = await draw();
    expect({ first, second, fits: fits(second) }).toMatchObject({ fits: true });
  }, 180_000);
});

describe('a changed policy', () => {
  test('is in force within 100 ms, in both directions, while requests go on', async () => {
    const traffic = startProgram(program, ['client', String(target.port), 'keepalive', '2', '0'], () => {});
    const counts = () => {
      const { keptShare, notKept, exchanges } = trial.kernel.readHealth();
      return { keptShare, notKept, exchanges };
    };
    const after = async (threshold: bigint) => {
      trial.kernel.setPolicy(server, { ...keepNothing, threshold });
      await elapse(100);
      const before = counts();
      while (counts().exchanges < before.exchanges + 2000n) await elapse(5);
      const now = counts();
      return { kept: now.keptShare - before.keptShare, not: now.notKept - before.notKept };
    };
    while (counts().exchanges === 0n) await elapse(5);
    for (let turn = 0; turn < 3; turn++) {
      const open = await after(0n);
      expect(open).toMatchObject({ not: 0n });
      expect(open.kept).toBeGreaterThanOrEqual(2000n);
      const shut = await after(1n << 56n);
      expect(shut).toMatchObject({ kept: 0n });
      expect(shut.not).toBeGreaterThanOrEqual(2000n);
    }
    await traffic.stop();
  }, 60_000);
});
