import type { Tier } from './feature.ts';
import { refusal } from './features.ts';

/** Tiny objects that load where a tier's programs are preempted and may hold that off. */
const signs: Readonly<Record<Tier, string>> = { T1: 'preempted-tracepoints', T2: 'preempted-functions' };

/**
 * Whether the kernel preempts programs of this tier, and so leaves out runs that meet a preempted one, and lets them hold
 * preemption off (6.18 does, 6.12 does not). T2 is taken to be preempted wherever it can hold it off.
 */
export function isPreempted(tier: Tier): boolean {
  return !refusal(`feature-${signs[tier]}`);
}
