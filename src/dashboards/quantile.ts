/**
 * A quantile of a duration by label, whichever form the histogram has: native by default, classic where
 * `spec.collection.spanMetrics.buckets` asks for buckets.
 */
export function quantile(share: number, metric: string, selector: string, by: string): string {
  const native = `histogram_quantile(${share}, sum by (${by}) (rate(${metric}{${selector}}[$__rate_interval])))`;
  const classic = `histogram_quantile(${share}, sum by (${by}, le) (rate(${metric}_bucket{${selector}}[$__rate_interval])))`;
  return `${native} or ${classic}`;
}
