const prefix = 'ostack_agent_';

/** The text exposition format (version 0.0.4) of samples named `family` or `family{label="value"}`. */
export function metricsText(samples: Iterable<readonly [sample: string, value: number]>): string {
  const families = new Map<string, string[]>();
  for (const [sample, value] of samples) {
    const brace = sample.indexOf('{');
    const family = brace < 0 ? sample : sample.slice(0, brace);
    const lines = families.get(family) ?? [];
    lines.push(`${prefix}${sample} ${value}`);
    families.set(family, lines);
  }
  const text = [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([family, lines]) => [
      `# TYPE ${prefix}${family} ${family.endsWith('_total') ? 'counter' : 'gauge'}`,
      ...lines,
    ]);
  return `${text.join('\n')}\n`;
}

/** A label value with what the format wants escaped. */
export function labelValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
