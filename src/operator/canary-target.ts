import { parseDuration } from '../lib/duration.ts';
import type { Stack, StackStatus } from '../api/index.ts';
import type { Cluster, Live } from '../kube/index.ts';
import { portNumber, type ComponentName, type Plan } from '../stack/index.ts';
import type { MetricsPages } from './canary/evidence.ts';
import type { Target } from './canary/target.ts';
import { availability } from './conditions/availability.ts';
import type { Observation } from './observation/observation.ts';
import { podIp } from './observation/pod-ip.ts';

const onTheWay: readonly ComponentName[] = ['alloy-node', 'alloy-sampler', 'tempo', 'mimir', 'loki'];

type Named = Pick<Stack, 'name' | 'namespace'>;

/** What carries the signals of a stack: as planned, or as it was left by whoever applied it. */
type Way = Pick<Target, 'endpoints' | 'decisionWaitMs'>;

/** The way through what a plan is made of. */
export function plannedWay(stack: Stack, plan: Plan): Way {
  return { endpoints: plan.endpoints, decisionWaitMs: parseDuration(stack.spec.sampling.decisionWait) ?? 0 };
}

/**
 * The way through what runs under a spec that is wrong or held back, which cannot be asked for it: what the status says
 * is in force and the Service that is there. Undefined if nothing ever was.
 */
export function standingWay(
  cluster: Pick<Cluster, 'read' | 'select'>,
  stack: Named,
  { endpoints }: Pick<StackStatus, 'endpoints'>,
): Way | undefined {
  if (endpoints === undefined) return undefined;
  const { name, namespace } = stack;
  const sampler = cluster.read({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    namespace,
    name: `${name}-alloy-sampler`,
  });
  return {
    endpoints: { ...endpoints, internalOtlp: entranceOf(cluster, stack) },
    decisionWaitMs: drainSeconds(sampler) * 1000,
  };
}

/** URL of the Service in which a canary may go in at any collector; an older operator may have made it under another name. */
function entranceOf(cluster: Pick<Cluster, 'select'>, stack: Named): string {
  const found = cluster
    .select('v1', 'Service', componentSelector(stack, 'alloy-node'), stack.namespace)
    .flatMap((live) => {
      const { ports = [], internalTrafficPolicy } = (live['spec'] ?? {}) as ServiceSpec;
      const port = ports.find((each) => each.name === 'otlp-internal');
      // A node without a collector must not look like a stack without one.
      if (port === undefined || internalTrafficPolicy === 'Local') return [];
      return [`http://${live.metadata.name}.${stack.namespace}.svc:${port.port}`];
    });
  return (
    found[0] ?? `http://${stack.name}-alloy-node.${stack.namespace}.svc:${portNumber('alloy-node', 'otlp-internal')}`
  );
}

interface ServiceSpec {
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  readonly internalTrafficPolicy?: string;
}

/** What the canary of a stack has to know. `seen.pipelines` is what was known before. */
export function canaryTarget(cluster: Pick<Cluster, 'select'>, stack: Named, way: Way, seen: Observation): Target {
  const path = seen.components.filter((c) => c.enabled && onTheWay.includes(c.name));
  const workloads = path.flatMap((c) => c.workloads);
  return {
    ...way,
    ready: path.every(({ name }) => availability(seen, [name]).status === 'True'),
    fingerprint: JSON.stringify([seen.generation, workloads.map((w) => [w.name, w.ready, w.updated])]),
    known: seen.pipelines,
    pods: () => ({ nodes: pages(cluster, stack, 'alloy-node'), samplers: pages(cluster, stack, 'alloy-sampler') }),
  };
}

/** How long a sampler sleeps when it is told to go: by then it has decided everything, so no decision takes longer. */
function drainSeconds(sampler: Live | undefined): number {
  const { template } = (sampler?.['spec'] ?? {}) as { template?: { spec: { containers: readonly Container[] } } };
  return template?.spec.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? longestDecisionSeconds;
}

/** What `spec.sampling.decisionWait` may be at most. */
const longestDecisionSeconds = 120;

interface Container {
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

function pages(
  cluster: Pick<Cluster, 'select'>,
  stack: Named,
  component: 'alloy-node' | 'alloy-sampler',
): MetricsPages {
  const addresses = cluster.select('v1', 'Pod', componentSelector(stack, component), stack.namespace).flatMap((pod) => {
    const ip = podIp(pod);
    const url = `http://${ip}:${portNumber(component, 'http')}/metrics`;
    return ip === undefined ? [] : [[pod.metadata.name, url] as const];
  });
  return new Map(addresses);
}

const componentSelector = (stack: Named, component: ComponentName): Readonly<Record<string, string>> => {
  return { 'app.kubernetes.io/name': component, 'app.kubernetes.io/instance': stack.name };
};
