import type { RouteRule } from '../config/index.ts';

/** Stands for every path whose template the kernel could not keep: counted, of low cardinality, visibly unnamed. */
export const unknownRoute = '/*';

/**
 * Names routes: the kernel's template of a path (`/orders/{id}`), or what the first matching rule says instead.
 * Whole histograms are merged under the name, so a rule can arrive at any time and counts stay exact.
 */
export class Routes {
  readonly #textOf: (hash: bigint) => string | undefined;
  readonly #names = new Map<bigint, string>();
  #rules: readonly RouteRule[];

  constructor(textOf: (hash: bigint) => string | undefined, rules: readonly RouteRule[]) {
    this.#textOf = textOf;
    this.#rules = rules;
  }

  reconfigure(rules: readonly RouteRule[]): void {
    this.#rules = rules;
    this.#names.clear();
  }

  /** Names are asked for again; the kernel may have forgotten some. */
  forget(): void {
    this.#names.clear();
  }

  nameOf(hash: bigint): string {
    const known = this.#names.get(hash);
    if (known !== undefined) return known;
    const template = this.#textOf(hash);
    // Not remembered: the dictionary may learn it later.
    if (template === undefined) return unknownRoute;
    const name = this.#rules.find((rule) => matchesRoute(rule.match, template))?.as ?? template;
    this.#names.set(hash, name);
    return name;
  }
}

/** `*` is one segment or a part of one, a last segment `**` is any number of them, also none. */
export function matchesRoute(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const open = wanted.at(-1) === '**';
  if (open) wanted.pop();
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, at) => matchesSegment(segment, given[at] as string));
}

function matchesSegment(pattern: string, segment: string): boolean {
  if (!pattern.includes('*')) return pattern === segment;
  const parts = pattern.split('*');
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (segment.length < first.length + last.length || !segment.startsWith(first) || !segment.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = segment.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= segment.length - last.length;
}
