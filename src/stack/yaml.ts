import { Yaml } from 'cdk8s';

/** Printing is a fifth of a plan, and most configurations are those of the plan before. */
const size = 64;
const printed = new Map<string, string>();

/** A configuration as YAML; equal values give the same text, which is remembered for the values asked for last. */
export function yamlOf(value: unknown): string {
  const key = JSON.stringify(value);
  const text = printed.get(key) ?? Yaml.stringify(value);
  printed.delete(key);
  printed.set(key, text);
  for (const oldest of printed.keys()) {
    if (printed.size <= size) break;
    printed.delete(oldest);
  }
  return text;
}
