import type { Observation } from '../observation/observation.ts';
import { accepted } from './accepted.ts';
import { collectionReady } from './collection-ready.ts';
import { instrumentationReady } from './instrumentation-ready.ts';
import { logsReady } from './logs-ready.ts';
import { metricsReady } from './metrics-ready.ts';
import { pipelineHealthy } from './pipeline-healthy.ts';
import { storageReady } from './storage-ready.ts';
import { summary } from './summary.ts';
import { tracesReady } from './traces-ready.ts';
import type { Check, NamedVerdict } from './verdict.ts';
import { visualizationReady } from './visualization-ready.ts';

/** Every check, in the order in which equally bad news reaches the summary. */
const chain: readonly (readonly [string, Check])[] = [
  ['Accepted', accepted],
  ['StorageReady', storageReady],
  ['InstrumentationReady', instrumentationReady],
  ['CollectionReady', collectionReady],
  ['TracesReady', tracesReady],
  ['MetricsReady', metricsReady],
  ['LogsReady', logsReady],
  ['VisualizationReady', visualizationReady],
  ['PipelineHealthy', pipelineHealthy],
];

/** All conditions of a stack, `Ready` first; `Reconciling` and `Stalled` only while they are true. */
export function judge(seen: Observation): NamedVerdict[] {
  const verdicts = chain.map(([type, check]) => ({ type, ...check(seen) }));
  return [...summary(seen, verdicts), ...verdicts];
}
