import { expect, test } from '@jest/globals';
import { FlightRecorder, flightSlots } from './flight-recorder.ts';
import * as layout from './layout.gen.ts';

const cpus = 2;
const never = 1n << 60n;
const size = layout.summary.structSize;

function everything(recorder: FlightRecorder, since: number) {
  return recorder.scan(BigInt(since), never).takeDuring(0n, never);
}

/**
 * A recorder that CPU 0 has written `recorded` times, about what ended at 1, 2, 3 … ns and began when `startOf` says, and
 * CPU 1 `others` times.
 */
function recorderOf(recorded: number, others: number, startOf = (_n: number) => 0n) {
  const slots = Buffer.alloc(flightSlots * cpus * size);
  for (const [cpu, count] of [recorded, others].entries()) {
    for (let n = Math.max(0, count - flightSlots); n < count; n++) {
      const at = ((n % flightSlots) * cpus + cpu) * size;
      slots.writeBigUInt64LE(BigInt(n + 1), at + layout.summary.lastNs);
      slots.writeBigUInt64LE(startOf(n + 1), at + layout.summary.startNs);
      slots.writeUInt32LE(cpu, at + layout.summary.tgid);
    }
  }
  const positions = Buffer.alloc(8 * cpus);
  positions.writeBigUInt64LE(BigInt(recorded), 0);
  positions.writeBigUInt64LE(BigInt(others), 8);
  let read = 0;
  const recorder = new FlightRecorder(
    {
      readRange: (first, count, into = Buffer.alloc(count * cpus * size)) => {
        read += count;
        slots.copy(into, 0, first * cpus * size, (first + count) * cpus * size);
        return into;
      },
    },
    { readRange: () => positions },
    cpus,
  );
  const scan = (since: number) =>
    everything(recorder, since)
      .filter(({ tgid }) => tgid === 0)
      .map(({ lastNs }) => Number(lastNs))
      .sort((a, b) => a - b);
  /** One more on CPU 0, which had written as many less one. */
  const write = (n: number) => {
    slots.writeBigUInt64LE(BigInt(n), (n - 1) * cpus * size + layout.summary.lastNs);
    positions.writeBigUInt64LE(BigInt(n), 0);
  };
  return { scan, write, recorder, slotsRead: () => read };
}

test.each([
  ['before the first lap is full', 1000],
  ['in the middle of a later lap', 5000],
  ['across the end of the map', 4096 + 30],
])('only what is new enough is found, and little else is read, %s', (_, recorded) => {
  const { scan, slotsRead } = recorderOf(recorded, 0);
  expect(scan(recorded - 99)).toEqual(Array.from({ length: 100 }, (_each, i) => recorded - 99 + i));
  expect(slotsRead()).toBeLessThanOrEqual(384);
});

test('an empty recorder is not read at all', () => {
  const { recorder, slotsRead } = recorderOf(0, 0);
  expect([everything(recorder, 0), slotsRead()]).toEqual([[], 0]);
});

test('asked for everything it gives all but the slot that is written next, every CPU in its own lap', () => {
  const { recorder, slotsRead } = recorderOf(10_000, 300);
  const found = everything(recorder, 0);
  expect([0, 1].map((cpu) => found.filter(({ tgid }) => tgid === cpu).length)).toEqual([flightSlots - 1, 300]);
  expect(slotsRead()).toBe(flightSlots);
});

test.each([0n, (5n << 32n) - 150n, 90n * 86_400_000_000_000n])(
  'what began too late is left out, to the nanosecond, %d ns after the boot',
  (boot) => {
    const { recorder } = recorderOf(300, 0, (n) => boot + BigInt(n));
    const found = recorder.scan(200n, boot + 250n).takeDuring(0n, never);
    const ends = found.map(({ lastNs }) => Number(lastNs)).sort((a, b) => a - b);
    expect(ends).toEqual(Array.from({ length: 51 }, (_each, i) => 200 + i));
  },
);

test('every scan sees what was recorded since the one before', () => {
  const { scan, write } = recorderOf(10, 0);
  expect(scan(8)).toEqual([8, 9, 10]);
  write(11);
  expect(scan(8)).toEqual([8, 9, 10, 11]);
});

test('it says how many it ever recorded, those written over too', () => {
  expect(recorderOf(5000, 3).recorder.recorded()).toBe(5003n);
});
