import { describe, expect, test } from '@jest/globals';
import { FlightWindow } from './flight-window.ts';
import * as layout from './layout.gen.ts';

const { structSize, tgid, traceHigh, traceLow } = layout.summary;
const uptimeNs = 90n * 86_400n * 1_000_000_000n;

/** Exchanges from and to these nanoseconds of a machine that has run for three months; each one's process is its index. */
function windowOf(spans: readonly (readonly [from: number, to: number])[]): FlightWindow {
  const bytes = Buffer.alloc(spans.length * structSize);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records = spans.map(([from, to], index) => {
    const at = index * structSize;
    bytes.writeUInt32LE(index, at + tgid);
    bytes.writeBigUInt64LE(0xaaaa_bbbb_cccc_ddddn, at + traceHigh);
    bytes.writeBigUInt64LE(BigInt(index % 3), at + traceLow);
    const time = (ns: number) => Number(uptimeNs + BigInt(ns));
    return { view, at, startNs: time(from), lastNs: time(to) };
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

test('an exchange is given once', () => {
  const window = windowOf([[0, 10], [5, 15], [21, 30]]); // prettier-ignore
  expect([during(window, 0, 7), during(window, 0, 100)]).toEqual([[0, 1], [2]]);
});

test('a trace is found whenever it was', () => {
  const window = windowOf([[0, 10], [100, 110], [200, 210], [300, 310]]); // prettier-ignore
  const trace = `aaaabbbbccccdddd${'0'.repeat(16)}`;
  // The other one first: what was given once is not given again.
  expect(window.takeTrace(trace.replace('a', 'b'))).toEqual([]);
  expect(window.takeTrace(trace).map((found) => found.tgid)).toEqual([0, 3]);
});
