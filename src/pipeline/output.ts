import { block, type Block, type Value } from '../alloy/index.ts';

export type Outputs = Readonly<Partial<Record<'metrics' | 'logs' | 'traces', readonly Value[]>>>;

/** The `output` block of a component. */
export function output({ metrics, logs, traces }: Outputs): Block {
  return block('output', { metrics: nonEmpty(metrics), logs: nonEmpty(logs), traces: nonEmpty(traces) });
}

function nonEmpty(consumers: readonly Value[] | undefined): readonly Value[] | undefined {
  return consumers === undefined || consumers.length === 0 ? undefined : consumers;
}
