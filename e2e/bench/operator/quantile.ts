/** The value below which a share of the sample lies (nearest rank); throws RangeError for an empty sample. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('could not measure: the sample is empty');
  return value;
}

/** `p50 12, p95 31 ms of 30` */
export function spread(sample: readonly number[]): string {
  return `p50 ${Math.round(quantile(sample, 0.5))}, p95 ${Math.round(quantile(sample, 0.95))} ms of ${sample.length}`;
}
