import type { Policy } from './bpf/contract.ts';
import type { AgentConfig } from './config/index.ts';
import type { Step } from './health/index.ts';
import type { Identity } from './process/index.ts';

const randomnessSpace = 1n << 56n;
const parts = 1_000_000n;
const captureBytes = 256;

/**
 * The threshold T of a percentage: a trace is kept when the last 56 bits of its id are >= T. Exact to four decimals and
 * rounded as the samplers round it, so that kernel and collectors keep the same traces.
 */
export function thresholdOf(percent: number): bigint {
  const kept = (BigInt(Math.round(percent * 10_000)) * randomnessSpace + parts / 2n) / parts;
  return randomnessSpace - kept;
}

/** What the kernel is to keep of a service: the pod's annotation, else the service's share, else the baseline, under the breaker's step. */
export function policyOf(identity: Identity, config: AgentConfig, step: Step): Policy {
  const { sampling } = config;
  const named = sampling.services.find(({ name }) => name === identity.name)?.percent;
  const percent = identity.samplingPercent ?? named ?? sampling.baselinePercent;
  return {
    keepErrors: step.spans && sampling.keepErrors,
    slowerThanNs: step.spans ? BigInt(Math.round(sampling.slowerThanMs * 1e6)) : 0n,
    threshold: thresholdOf(percent * step.share),
    keptPerSecond: sampling.spansPerSecond,
    captureRequestBytes: step.capture ? captureBytes : 0,
  };
}
