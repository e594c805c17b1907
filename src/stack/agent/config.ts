import type { AgentConfigFile, Stack } from '../../api/index.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import { portNumber, urlOf } from '../ports.ts';

/** Share of its memory limit at which an agent begins to shed work; above it the kernel would end it. */
const shedAt = 0.8;

/** The file every agent of a stack follows; which node it is on, each pod knows itself. */
export function agentConfig(stack: Stack): AgentConfigFile {
  const { instrumentation, topology, collection } = stack.spec;
  const { discovery, budget } = instrumentation;
  return {
    node: '',
    clusterName: topology.clusterName,
    interval: '10s',
    discovery: {
      namespaces: discovery.namespaces,
      podSelector: {
        matchLabels: discovery.podSelector.matchLabels,
        // Whoever watches the pipeline with itself never comes to rest.
        matchExpressions: [
          ...discovery.podSelector.matchExpressions,
          { key: 'app.kubernetes.io/part-of', operator: 'NotIn', values: ['ostack'] },
        ],
      },
      ports: discovery.ports,
      executables: [],
      pids: [],
      reportingThemselves: 'Skip',
    },
    routes: instrumentation.routes,
    sampling: samplingOf(stack),
    capture: instrumentation.capture,
    metrics: { families: instrumentation.metrics, seriesLimit: collection.spanMetrics.seriesLimit },
    budget: { cpu: budget.cpu, memory: `${Math.floor((parseQuantity(budget.memory) ?? 0) * shedAt)}` },
    otlp: { endpoint: urlOf(stack, 'alloy-node', 'otlp-internal'), headers: {} },
    health: { port: portNumber('agent', 'http') },
  };
}

/**
 * What becomes a span at all. By the same trace ids the samplers judge by, so nothing they would keep is missing. Where
 * they decide by what the kernel cannot see (attributes) or are to drop nothing, everything is sent to them.
 */
function samplingOf({ spec: { sampling } }: Stack): AgentConfigFile['sampling'] {
  const { baselinePercent, keep, services, mode } = sampling;
  const everything = mode === 'Observe' || keep.attributes.length > 0;
  return {
    baselinePercent: everything ? 100 : baselinePercent,
    keep: { errors: keep.errors, slowerThan: keep.slowerThan },
    services: everything ? [] : services,
    // The limit of the spec is one for a sampler, beyond which errors are still kept; the kernel's would cut those too.
    limit: { spansPerSecond: 0 },
  };
}
