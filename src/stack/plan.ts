import type { Stack } from '../api/index.ts';
import { pipelineProblems, type Wiring } from '../pipeline/index.ts';
import { agent } from './agent/agent.ts';
import { alloyNode } from './alloy/node.ts';
import { alloySampler } from './alloy/sampler.ts';
import type { Component, Context, Endpoints, ComponentName, Facts, Plan } from './component.ts';
import { withConfigHash } from './config-hash.ts';
import { grafana } from './grafana/grafana.ts';
import { loki } from './loki/loki.ts';
import { mimir } from './mimir/mimir.ts';
import { withOverrides } from './overrides.ts';
import { tempo } from './tempo/tempo.ts';
import { disabledComponents, enabledComponents, endpointsOf, wiringOf } from './wiring.ts';

/**
 * Everything a stack is made of, as Kubernetes objects. Pure: the same stack and facts give the same objects, byte for
 * byte. Overrides come before the config hash, so that a patched configuration rolls its pods too.
 */
export function plan(stack: Stack, facts: Facts): Plan {
  const context = { stack, facts };
  const endpoints = endpointsOf(stack);
  const wiring = wiringOf(context);
  const build = builders(context, wiring, endpoints);
  const built = enabledComponents(stack).map((component) => build[component]());
  const { components, problems } = withOverrides(built, stack.spec.overrides);
  return {
    components: components
      .map((component) => withConfigHash(component, facts.contentHashes))
      .map(({ name, image, objects, workload }) => ({ name, image, objects, workloads: [workload] })),
    endpoints,
    disabled: disabledComponents(stack),
    problems: [...pipelineProblems(stack, wiring), ...problems],
  };
}

function builders(
  context: Context,
  wiring: Wiring,
  endpoints: Endpoints,
): Readonly<Record<ComponentName, () => Component>> {
  return {
    tempo: () => tempo(context),
    mimir: () => mimir(context),
    loki: () => loki(context),
    'alloy-sampler': () => alloySampler(context, wiring),
    'alloy-node': () => alloyNode(context, wiring),
    agent: () => agent(context),
    grafana: () => grafana(context, endpoints),
  };
}
