import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type OverflowRow, type RedRow, bucketBoundsNs } from '../bpf/contract.ts';
import { Baselines } from './baselines.ts';
import { foldSeries } from './series.ts';

const bucketCount = bucketBoundsNs.length + 1;
const count = fc.bigInt({ min: 0n, max: 2n ** 40n });
const row: fc.Arbitrary<RedRow> = fc
  .record({
    serviceId: fc.integer({ min: 1, max: 3 }),
    side: fc.constantFrom('server', 'client'),
    protocol: fc.constant('http'),
    method: fc.constantFrom('GET', 'POST'),
    status: fc.constantFrom(0, 200, 404, 503),
    routeHash: fc.constantFrom(0n, 1n, 2n),
    peer: fc.record({ address: fc.constantFrom('10.0.0.1', '10.0.0.2'), port: fc.constant(80) }),
    serverPort: fc.constantFrom(80, 8080),
    sumNs: count,
    buckets: fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: bucketCount, maxLength: bucketCount }),
    requestBytes: count,
    responseBytes: count,
  })
  .map((drawn) => ({ ...drawn, count: drawn.buckets.reduce((sum, one) => sum + one, 0n) }) as RedRow);
const overflowRow = fc.record({
  serviceId: fc.integer({ min: 1, max: 3 }),
  side: fc.constantFrom('server', 'client'),
  protocol: fc.constant('http'),
  statusClass: fc.integer({ min: 0, max: 5 }),
  count,
  sumNs: count,
  requestBytes: count,
  responseBytes: count,
}) as fc.Arbitrary<OverflowRow>;

test('whatever is folded together, no request, nanosecond or byte is lost or invented', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 40 }),
      fc.array(overflowRow, { maxLength: 5 }),
      fc.nat(10),
      (rows, overflow, room) => {
        const admitted = new Set<string>();
        const series = foldSeries({
          rows,
          overflow,
          baselines: new Baselines(0),
          bucketCount,
          routeOf: (hash) => (hash === 0n ? '/*' : '/same'),
          admit: (key) => admitted.has(key) || (admitted.size < room && Boolean(admitted.add(key))),
        });
        const all = [...series.values()];
        const total = (pick: (one: RedRow | OverflowRow) => bigint) =>
          [...rows, ...overflow].reduce((sum, one) => sum + pick(one), 0n);
        const folded = (pick: (one: (typeof all)[number]['totals']) => number) =>
          all.reduce((sum, { totals }) => sum + pick(totals), 0);
        expect(folded((totals) => totals.count)).toBe(Number(total((one) => one.count)));
        const counted = [...rows, ...overflow].filter((one) => one.count > 0n);
        const bytes = counted.reduce((sum, one) => sum + Number(one.requestBytes), 0);
        expect(folded((totals) => totals.requestBytes)).toBeCloseTo(bytes, -3);
        expect(all.filter(({ overflow: over }) => !over).length).toBeLessThanOrEqual(room);
        for (const { totals, overflow: over } of all) {
          const inBuckets = totals.buckets.reduce((sum, one) => sum + one, 0);
          expect(inBuckets).toBe(over ? 0 : totals.count);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('merging histograms is exact whenever the name of a route arrives', () => {
  const one = { ...fc.sample(row, 1)[0], routeHash: 1n } as RedRow;
  const two = { ...one, routeHash: 2n };
  const source = { overflow: [], baselines: new Baselines(0), bucketCount, admit: () => true };
  const fold = (routeOf: (hash: bigint) => string) => [
    ...foldSeries({ ...source, rows: [one, two], routeOf }).values(),
  ];
  const apart = fold((hash) => `/${hash}`);
  const together = fold(() => '/{n}');
  expect(together.map(({ totals }) => totals.count)).toEqual([
    apart.reduce((sum, { totals }) => sum + totals.count, 0),
  ]);
});
