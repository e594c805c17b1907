import type { Signal } from '../observation/observation.ts';
import type { NodeCounters, SamplerCounters } from './counters.ts';

/** Where a canary can get lost, in the words of `status.pipelines[].hop`. */
export type Hop =
  | 'operator → alloy-node'
  | 'alloy-node'
  | 'alloy-node → alloy-sampler'
  | 'alloy-sampler'
  | 'alloy-sampler → tempo'
  | 'alloy-node → mimir'
  | 'alloy-node → loki'
  | 'tempo → query'
  | 'mimir → query'
  | 'loki → query'
  | 'somewhere after alloy-node';

/** What is known of a lost canary; counters are differences over its lifetime, summed over all pods that answered. */
export interface Evidence {
  readonly sent: boolean;
  /** Undefined if no pod answered. */
  readonly nodes: NodeCounters | undefined;
  readonly samplers: SamplerCounters | undefined;
  readonly samplerPods: number;
}

/** Names the hop that lost a canary. Each hop is judged by what its far end took, which counts only what has arrived. */
export function diagnose(signal: Signal, { sent, nodes, samplers, samplerPods }: Evidence): Hop {
  if (!sent) return 'operator → alloy-node';
  if (nodes === undefined) return 'somewhere after alloy-node';
  if (nodes.refused > 0 && accepted(signal, nodes) === 0) return 'alloy-node';
  if (accepted(signal, nodes) === 0) return 'operator → alloy-node';
  switch (signal) {
    case 'traces':
      if (nodes.samplers === 0 || samplerPods === 0) return 'alloy-node → alloy-sampler';
      if (samplers === undefined) return 'somewhere after alloy-node';
      if (samplers.acceptedSpans === 0) return samplers.refused > 0 ? 'alloy-sampler' : 'alloy-node → alloy-sampler';
      // Alloy retries for ever, so a broken hop shows as nothing sent long before anything has failed.
      return samplers.sentSpans === 0 || samplers.failedSpans > 0 ? 'alloy-sampler → tempo' : 'tempo → query';
    case 'metrics':
      return nodes.metricsSentUntil === 0 || nodes.metricsFailed > 0 ? 'alloy-node → mimir' : 'mimir → query';
    case 'logs':
      return nodes.sentLogs === 0 || nodes.failedLogs > 0 ? 'alloy-node → loki' : 'loki → query';
  }
}

function accepted(signal: Signal, nodes: NodeCounters): number {
  return { traces: nodes.acceptedSpans, metrics: nodes.acceptedPoints, logs: nodes.acceptedLogs }[signal];
}
