import type { NodeCounters, SamplerCounters } from './counters.ts';

const gauges = new Set<string>(['samplers']);

/**
 * What happened between two readings of the same pods, by pod name: counters by their increase (a smaller value is a
 * restart, which counts from zero), gauges as they are now. Undefined if no pod answered both times.
 */
export function difference<T extends NodeCounters | SamplerCounters>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): T | undefined {
  const pods = [...after].map(([pod, now]) => increase(before.get(pod), now));
  const [first, ...rest] = pods;
  return first && rest.reduce(add, first);
}

function increase<T extends NodeCounters | SamplerCounters>(before: T | undefined, after: T): T {
  const entries = Object.entries(after).map(([name, now]: [string, number]) => {
    const was = (before as unknown as Record<string, number> | undefined)?.[name] ?? 0;
    return [name, gauges.has(name) || now < was ? now : now - was] as const;
  });
  return Object.fromEntries(entries) as unknown as T;
}

function add<T extends NodeCounters | SamplerCounters>(a: T, b: T): T {
  const entries = Object.entries(a).map(([name, value]: [string, number]) => [
    name,
    value + ((b as unknown as Record<string, number>)[name] ?? 0),
  ]);
  return Object.fromEntries(entries) as unknown as T;
}
