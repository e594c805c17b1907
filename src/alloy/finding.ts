export type FindingKind =
  | 'unknown component'
  | 'unknown argument'
  | 'missing argument'
  | 'wrong type'
  | 'repeated'
  | 'dangling reference'
  | 'cycle'
  | 'bad label'
  | 'colliding labels'
  | 'misplaced';

/** One thing Alloy would refuse, or would do without a word though nobody meant it. */
export interface Finding {
  readonly kind: FindingKind;
  /** The component, and the way into it: `otelcol.exporter.otlp.tempo client.endpoint`. */
  readonly at: string;
  readonly message: string;
}
