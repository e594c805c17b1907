import type { Flaw } from '../schema/index.ts';

/** `http.route` and `http_route` are two attributes but one label of a metric. */
export function distinctLabels(dimensions: readonly string[]): readonly Flaw[] {
  const seen = new Map<string, string>();
  return dimensions.flatMap((dimension, index) => {
    const label = dimension.replaceAll(/[^A-Za-z0-9_]/g, '_');
    const first = seen.get(label);
    if (first === undefined) seen.set(label, dimension);
    if (first === undefined || first === dimension) return [];
    return [{ at: `[${index}]`, reason: `becomes the label ${label}, as ${first} does`, fix: 'leave one of them out' }];
  });
}

const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The schema cannot bound the keys of a map. */
export function labelKeys(labels: Readonly<Record<string, string>>): readonly Flaw[] {
  return Object.keys(labels)
    .filter((key) => !labelKey.test(key))
    .map((key) => ({
      at: `["${key}"]`,
      reason: 'is not a label key',
      fix: 'write name or prefix/name, such as kubernetes.io/arch',
    }));
}
