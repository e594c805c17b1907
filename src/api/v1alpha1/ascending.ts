import { parseDuration } from '../../lib/duration.ts';
import type { Flaw } from '../schema/index.ts';

/** Histogram bounds have to grow, else the collector refuses its configuration. */
export function ascending(bounds: readonly string[]): readonly Flaw[] {
  const at = bounds.findIndex((bound, index) => index > 0 && !(ms(bound) > ms(bounds[index - 1]!)));
  if (at < 0) return [];
  const sorted = [...new Set(bounds)].sort((a, b) => ms(a) - ms(b));
  return [{ at: `[${at}]`, reason: `is not longer than the bound before it`, fix: `write [${sorted.join(', ')}]` }];
}

function ms(text: string): number {
  return parseDuration(text) ?? Number.NaN;
}
