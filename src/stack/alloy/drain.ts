import { parseDuration } from '../../lib/duration.ts';
import type { Context, KubeObject } from '../component.ts';
import { severalSamplers } from './several-samplers.ts';

/** A removed sampler is out of every node's routing after this: DNS answers cached for 5 s, asked again every 5 s. */
const dnsLagMs = 12_000;
/** The same for an only sampler, which the nodes watch: an event or two, with room for a slow API server. */
const watchLagMs = 5_000;
/** For the decided traces to leave the batch and the export queue. */
const exportMs = 8_000;
/** Between the end of the drain and the kill. */
const stopMs = 30_000;

export interface Drain {
  /** How long a sampler keeps deciding after it was told to go. */
  readonly sleepSeconds: number;
  readonly gracePeriodSeconds: number;
}

/** A sampler that ends at once loses every trace it has not decided: it waits until nothing new comes and all is decided. */
export function drainOf(context: Context): Drain {
  const waitMs = parseDuration(context.stack.spec.sampling.decisionWait) ?? 0;
  const lagMs = severalSamplers(context) ? dnsLagMs : watchLagMs;
  const sleepMs = lagMs + waitMs + exportMs;
  return { sleepSeconds: Math.ceil(sleepMs / 1000), gracePeriodSeconds: Math.ceil((sleepMs + stopMs) / 1000) };
}

type Template = { readonly spec: { readonly containers: readonly object[] } };

/**
 * The workload with a preStop sleep in every container. Done on the finished object because `sleep` (Kubernetes 1.30)
 * is newer than the types, and an exec needs a shell the image may not have.
 */
export function withPreStopSleep(workload: KubeObject, seconds: number): KubeObject {
  const spec = workload['spec'] as { readonly template: Template };
  const pod = spec.template.spec;
  const containers = pod.containers.map((container) => ({
    ...container,
    lifecycle: { preStop: { sleep: { seconds } } },
  }));
  return { ...workload, spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } } };
}
