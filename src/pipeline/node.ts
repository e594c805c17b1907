import type { Problem, Stack } from '../api/index.ts';
import { config, ref, type AlloyConfig } from '../alloy/index.ts';
import { applicationLogs } from './application-logs.ts';
import { applicationMetrics } from './application-metrics.ts';
import { queue } from './delivery.ts';
import { extraConfig } from './extra-config.ts';
import { logging } from './logging.ts';
import { memoryLimiter, memoryOf, queueBytes } from './memory.ts';
import { metricsWriter } from './metrics-writer.ts';
import type { Outputs } from './output.ts';
import { componentMetrics, selfMetrics } from './own-metrics.ts';
import { podLogs } from './pod-logs.ts';
import { nodeReceivers } from './receivers.ts';
import { redaction } from './redaction.ts';
import { podMetadata, resourceDefaults } from './resource.ts';
import { traceRouting } from './routing.ts';
import { sinks } from './sinks.ts';
import { needsSampler, targetsOf } from './targets.ts';
import type { Wiring } from './wiring.ts';

/**
 * The configuration of alloy-node: everything that comes in on a node, completed, redacted and sent on its way.
 * `extraConfig` is added at the end, unless `pipelineProblems` has something to say about it.
 */
export function nodePipeline(stack: Stack, wiring: Wiring): AlloyConfig {
  const ours = ownPipeline(stack, wiring);
  const extra = extraConfig(stack, ours);
  return extra.ok ? [...ours, ...extra.config] : ours;
}

/** Why parts of the spec cannot be turned into a configuration, with path and fix. */
export function pipelineProblems(stack: Stack, wiring: Wiring): readonly Problem[] {
  const extra = extraConfig(stack, ownPipeline(stack, wiring));
  return extra.ok ? [] : extra.problems;
}

function ownPipeline(stack: Stack, wiring: Wiring): AlloyConfig {
  const { collection } = stack.spec;
  const targets = targetsOf(stack, wiring);
  const bytes = queueBytes(memoryOf(collection.node.resources));
  const traces = needsSampler(targets);
  const series = targets.remoteWrites.length > 0;
  const further = sinks({ metrics: targets.sinksOf('metrics'), logs: targets.sinksOf('logs') }, queue(bytes));

  const ends: Outputs = {
    traces: traces ? [ref('otelcol.exporter.loadbalancing.samplers.input')] : [],
    metrics: [...(series ? [ref('otelcol.processor.transform.labels.input')] : []), ...further.inputs.metrics],
    logs: [...(targets.loki ? [ref('otelcol.processor.batch.logs.input')] : []), ...further.inputs.logs],
  };
  const redacts = collection.redaction.length > 0;
  const signals = (Object.keys(ends) as (keyof Outputs)[]).filter((signal) => (ends[signal]?.length ?? 0) > 0);
  const through = (input: string): Outputs => Object.fromEntries(signals.map((signal) => [signal, [ref(input)]]));

  return config(
    logging(),
    nodeReceivers(stack, signals),
    memoryLimiter(through('otelcol.processor.k8sattributes.pods.input')),
    podMetadata(through('otelcol.processor.transform.resource.input')),
    resourceDefaults(wiring, redacts ? through('otelcol.processor.transform.redaction.input') : ends),
    redacts ? redaction(collection.redaction, ends) : undefined,
    traces ? traceRouting(wiring, bytes) : undefined,
    series ? applicationMetrics() : [],
    targets.loki ? applicationLogs(targets.loki.push, bytes) : [],
    collection.podLogs.enabled && targets.has('logs') ? podLogs(targets, wiring, further.inputs.logs) : [],
    series ? [...selfMetrics('alloy-node'), ...componentMetrics(wiring)] : [],
    metricsWriter(targets, wiring),
    further.blocks,
  );
}
