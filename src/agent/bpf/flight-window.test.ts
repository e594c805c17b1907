import { describe, expect, test } from '@jest/globals';
import { FlightWindow, recordAt, type Remembered } from './flight-window.ts';
import * as layout from './layout.gen.ts';

const { structSize, startNs, lastNs, tgid, traceHigh, traceLow } = layout.summary;
const uptimeNs = 90n * 86_400n * 1_000_000_000n;

/** Exchanges from and to these nanoseconds of a machine that has run for three months; each one's process is its index. */
function windowOf(spans: readonly (readonly [from: number, to: number])[], untilNs = 1e6): FlightWindow {
  const bytes = Buffer.alloc(spans.length * structSize);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records = spans.flatMap(([from, to], index): Remembered[] => {
    const at = index * structSize;
    bytes.writeBigUInt64LE(uptimeNs + BigInt(from), at + startNs);
    bytes.writeBigUInt64LE(uptimeNs + BigInt(to), at + lastNs);
    bytes.writeUInt32LE(index, at + tgid);
    bytes.writeBigUInt64LE(0xaaaa_bbbb_cccc_ddddn, at + traceHigh);
    bytes.writeBigUInt64LE(BigInt(index % 3), at + traceLow);
    const record = recordAt(view, at, Number(uptimeNs) + untilNs);
    return record ? [record] : [];
  });
  return new FlightWindow(records);
}
const during = (window: FlightWindow, from: number, to: number) =>
  window
    .takeDuring(uptimeNs + BigInt(from), uptimeNs + BigInt(to))
    .map((found) => found.tgid)
    .sort((a, b) => a - b);

describe('what was under way', () => {
  test('is found at its edges, and when it began long before', () => {
    const spans = [[0, 900], [10, 20], [20, 30], [31, 40], [50, 60]] as const; // prettier-ignore
    expect(during(windowOf(spans), 20, 30)).toEqual([0, 1, 2]);
  });

  test('is the same as found by looking at every exchange', () => {
    let seed = 7;
    const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 50; round++) {
      const spans = Array.from({ length: 200 }, () => {
        const from = draw(100_000);
        return [from, from + draw(round % 2 ? 50 : 50_000)] as const;
      });
      const from = draw(100_000);
      const to = from + draw(10_000);
      const overlapping = spans.flatMap((span, index) => (span[0] <= to && span[1] >= from ? [index] : []));
      expect(during(windowOf(spans), from, to)).toEqual(overlapping);
    }
  });
});

test('an exchange is given once, and not at all if it began too late', () => {
  const window = windowOf([[0, 10], [5, 15], [21, 30]], 20); // prettier-ignore
  expect([during(window, 0, 7), during(window, 0, 100)]).toEqual([[0, 1], []]);
});

test('a trace is found whenever it was', () => {
  const window = windowOf([[0, 10], [100, 110], [200, 210], [300, 310]]); // prettier-ignore
  const trace = `aaaabbbbccccdddd${'0'.repeat(16)}`;
  expect(window.takeTrace(trace).map((found) => found.tgid)).toEqual([0, 3]);
  expect(window.takeTrace(trace.replace('a', 'b'))).toEqual([]);
});
