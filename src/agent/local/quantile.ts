/**
 * The value below which a share `q` of a histogram lies, interpolated within its bucket as Prometheus does it; the
 * unbounded bucket answers with the highest bound. Undefined if nothing was counted.
 */
export function quantile(q: number, bounds: readonly number[], buckets: ArrayLike<number>): number | undefined {
  let total = 0;
  for (let i = 0; i < buckets.length; i++) total += buckets[i] as number;
  if (total <= 0) return undefined;
  const rank = q * total;
  let below = 0;
  for (let i = 0; i < bounds.length; i++) {
    const inside = buckets[i] as number;
    const low = i === 0 ? 0 : (bounds[i - 1] as number);
    if (inside > 0 && below + inside >= rank) {
      return low + (((bounds[i] as number) - low) * (rank - below)) / inside;
    }
    below += inside;
  }
  return bounds.at(-1);
}
