import { formatDuration, parseDuration } from '../lib/duration.ts';

/** A retention of the spec in the units every Go program reads: "30d" becomes "720h". Throws on what the spec refuses. */
export function retentionOf(text: string): string {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`not a duration: ${text}`);
  return formatDuration(ms);
}
