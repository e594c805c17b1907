/** A mistake users make, and who tells them. Unit tests ask the parser, a scenario asks a real API server. */
export interface WrongSpec {
  readonly name: string;
  /** Wrong by itself, and as a merge patch over any good spec of size dev. */
  readonly spec: unknown;
  /** The spec that is stored before, for mistakes that are changes. */
  readonly from?: unknown;
  /** The name of the resource, for mistakes in it. */
  readonly resourceName?: string;
  /** `server`: refused with strict field validation. `operator`: stored, then `Accepted=False`. */
  readonly refusedBy: 'server' | 'operator';
  /** The path `parseStack` names. */
  readonly path: string;
  /** Words of the API server's message, for those it refuses. */
  readonly server?: string;
  /** Words of the reason or fix `parseStack` gives. */
  readonly parser: string;
}
