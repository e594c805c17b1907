import { expect, test } from '@jest/globals';
import { bucketBoundsNs } from './red-row.ts';
import { ShapesServer, runClient } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial } from './trial.fixture.ts';

const server = 1;
/** Microseconds the server waits: some for every bucket, and on both sides of most bounds. */
const delays = [
  [0, 400],
  [120, 200],
  [300, 200],
  [700, 150],
  [1500, 100],
  [3500, 100],
  [7000, 80],
  [17_000, 40],
  [38_000, 30],
  [60_000, 20],
  [85_000, 20],
  [170_000, 12],
  [370_000, 8],
  [600_000, 5],
  [870_000, 4],
  [1_700_000, 2],
  [3_700_000, 1],
  [6_000_000, 1],
  [8_700_000, 1],
  [10_500_000, 1],
] as const;

const { program } = shapesOfFile();

function bucketOf(durationNs: bigint): number {
  const index = bucketBoundsNs.findIndex((bound) => durationNs <= bound);
  return index < 0 ? bucketBoundsNs.length : index;
}

test('every bucket holds what the server’s own clock says, and the sum agrees within 1 %', async () => {
  const trial = new Trial();
  const target = await ShapesServer.start(program, ['witness']);
  trial.select(server)(target.pid);
  const clients = delays.map(([us, times]) =>
    runClient(program, target.port, ['keepalive', 1, times, `/delay/${us}`], () => {}),
  );
  await Promise.all(clients);
  const exchanges = (await target.end()).filter((line) => line.startsWith('exchange'));
  const rows = trial.kernel.readRed().filter((row) => row.serviceId === server);
  trial.kernel.close();
  /* The probes run inside the two calls, so the duration lies between the shortest and the longest it can have been. */
  const spans = exchanges.map((line) => {
    const [readBegan = 0n, readEnded = 0n, writeBegan = 0n, writeEnded = 0n] = line.split(' ').slice(1).map(BigInt);
    return { shortest: writeBegan - readEnded, longest: writeEnded - readBegan };
  });
  const certain = spans.filter(({ shortest, longest }) => bucketOf(shortest) === bucketOf(longest));
  const counted = bucketBoundsNs
    .concat(0n)
    .map((_, i) => rows.reduce((sum, row) => sum + Number(row.buckets[i] ?? 0n), 0));
  expect(counted.reduce((sum, n) => sum + n, 0)).toBe(spans.length);
  expect(certain.length).toBeGreaterThan(spans.length * 0.9);
  for (const [i, count] of counted.entries()) {
    const least = certain.filter(({ shortest }) => bucketOf(shortest) === i).length;
    const most = spans.filter(({ shortest, longest }) => bucketOf(shortest) <= i && i <= bucketOf(longest)).length;
    expect(least).toBeGreaterThan(0);
    expect({ bucket: i, least, most, ok: least <= count && count <= most }).toMatchObject({ ok: true });
  }
  const sumNs = Number(rows.reduce((sum, row) => sum + row.sumNs, 0n));
  const bounds = [spans.reduce((sum, s) => sum + s.shortest, 0n), spans.reduce((sum, s) => sum + s.longest, 0n)];
  expect(sumNs).toBeGreaterThanOrEqual(Number(bounds[0]));
  expect(sumNs).toBeLessThanOrEqual(Number(bounds[1]));
  expect(Math.abs(sumNs / Number(bounds[0]) - 1)).toBeLessThan(0.01);
}, 60_000);
