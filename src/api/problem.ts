/** What is wrong with a resource, where, and what to write instead. */
export interface Problem {
  /** As a user would write it: `spec.sampling.services[0].percent`. */
  readonly path: string;
  readonly reason: string;
  readonly fix: string;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };
