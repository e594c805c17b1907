/** One sample of a text exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Samples of the metrics named in `names` from the Prometheus text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/); other lines are skipped unread, as a page has thousands.
 */
export function parseExposition(text: string, names: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = [];
  for (const row of text.split('\n')) {
    const end = row.search(/[{ ]/);
    if (end < 0 || !names.has(row.slice(0, end))) continue;
    const match = line.exec(row);
    if (!match) continue;
    const labels = Object.fromEntries([...(match[2] ?? '').matchAll(label)].map((m) => [m[1]!, m[2]!]));
    samples.push({ name: match[1]!, labels, value: Number(match[3]) });
  }
  return samples;
}
