import { block, component, type Block, type Value } from '../alloy/index.ts';
import type { Context } from './ottl.ts';
import { output, type Outputs } from './output.ts';

/** OTTL statements of one context; `statements` may be read at run time. */
export interface Group {
  readonly context: Context;
  readonly statements: Value;
}

const blockOf = { traces: 'trace_statements', metrics: 'metric_statements', logs: 'log_statements' } as const;

/** A transform over the signals that have somewhere to go. */
export function transform(
  label: string,
  groups: Readonly<Partial<Record<keyof typeof blockOf, readonly Group[]>>>,
  outputs: Outputs,
): Block {
  const statements = (['traces', 'metrics', 'logs'] as const)
    .filter((signal) => (outputs[signal]?.length ?? 0) > 0)
    .flatMap((signal) => (groups[signal] ?? []).map((group) => block(blockOf[signal], { ...group })));
  return component('otelcol.processor.transform', label, { error_mode: 'ignore' }, ...statements, output(outputs));
}
