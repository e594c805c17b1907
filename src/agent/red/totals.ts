import type { OverflowRow, RedRow } from '../bpf/contract.ts';

/** Counted exchanges with their durations and sizes; running totals. Sums in nanoseconds and bytes. */
export interface Totals {
  count: number;
  sumNs: number;
  readonly buckets: Float64Array;
  requestBytes: number;
  responseBytes: number;
}

export function noTotals(buckets: number): Totals {
  return { count: 0, sumNs: 0, buckets: new Float64Array(buckets), requestBytes: 0, responseBytes: 0 };
}

export function copyOf(totals: Totals): Totals {
  return { ...totals, buckets: totals.buckets.slice() };
}

/** The totals of a row of the kernel. Overflow rows have no buckets. */
export function totalsOf(row: RedRow | OverflowRow): Totals {
  return {
    count: Number(row.count),
    sumNs: Number(row.sumNs),
    buckets: 'buckets' in row ? Float64Array.from(row.buckets, Number) : new Float64Array(0),
    requestBytes: Number(row.requestBytes),
    responseBytes: Number(row.responseBytes),
  };
}

/** Adds whole histograms, bucket by bucket: exact, whenever it is done. `sign` -1 takes away. */
export function merge(into: Totals, from: Totals, sign: 1 | -1 = 1): void {
  into.count += sign * from.count;
  into.sumNs += sign * from.sumNs;
  into.requestBytes += sign * from.requestBytes;
  into.responseBytes += sign * from.responseBytes;
  for (let i = 0; i < from.buckets.length; i++)
    into.buckets[i] = (into.buckets[i] ?? 0) + sign * (from.buckets[i] ?? 0);
}
