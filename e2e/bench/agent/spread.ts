/** Of a few measurements: the middle one, and the range that holds the middle half. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Median and quartiles; values between two ranks are interpolated. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const rank = share * (sorted.length - 1);
    const below = sorted[Math.floor(rank)] ?? Number.NaN;
    return below + ((sorted[Math.ceil(rank)] ?? below) - below) * (rank % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
