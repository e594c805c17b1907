import { parseDuration } from '../lib/duration.ts';
import type { Stack } from '../api/index.ts';
import type { Cluster } from '../kube/index.ts';
import type { ComponentName, Plan } from '../stack/index.ts';
import type { MetricsPages } from './canary/evidence.ts';
import type { Target } from './canary/target.ts';
import { availability } from './conditions/availability.ts';
import type { Observation } from './observation/observation.ts';
import { podIp } from './observation/pod-ip.ts';

/** Alloy serves its own metrics here, in both roles. */
const metricsPort = 12_345;
const onTheWay: readonly ComponentName[] = ['alloy-node', 'alloy-sampler', 'tempo', 'mimir', 'loki'];

/** What the canary of a stack has to know. `seen.pipelines` is what was known before. */
export function canaryTarget(cluster: Pick<Cluster, 'select'>, stack: Stack, plan: Plan, seen: Observation): Target {
  const path = plan.components.map((c) => c.name).filter((name) => onTheWay.includes(name));
  const workloads = seen.components.flatMap((c) => (path.includes(c.name) ? c.workloads : []));
  return {
    endpoints: plan.endpoints,
    ready: path.every((name) => availability(seen, [name]).status === 'True'),
    fingerprint: JSON.stringify([seen.generation, workloads.map((w) => [w.name, w.ready, w.updated])]),
    decisionWaitMs: parseDuration(stack.spec.sampling.decisionWait) ?? 0,
    known: seen.pipelines,
    pods: () => ({ nodes: pages(cluster, stack, 'alloy-node'), samplers: pages(cluster, stack, 'alloy-sampler') }),
  };
}

function pages(cluster: Pick<Cluster, 'select'>, stack: Stack, component: string): MetricsPages {
  const selector = { 'app.kubernetes.io/name': component, 'app.kubernetes.io/instance': stack.name };
  const addresses = cluster.select('v1', 'Pod', selector, stack.namespace).flatMap((pod) => {
    const ip = podIp(pod);
    return ip === undefined ? [] : [[pod.metadata.name, `http://${ip}:${metricsPort}/metrics`] as const];
  });
  return new Map(addresses);
}
