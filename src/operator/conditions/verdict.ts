import type { Observation } from '../observation/observation.ts';

/** What one check says of a stack. */
export interface Verdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  /** For a person; never holds rates, times or counters that move while nothing changes. */
  readonly message: string;
}

/** A verdict under the name of its condition. */
export type NamedVerdict = Verdict & { readonly type: string };

export type Check = (seen: Observation) => Verdict;

/** Reasons of every condition, the worst first: the summary takes the first one that applies. */
const ranked = [
  'InvalidSpec',
  'NameTaken',
  'Forbidden',
  'ApplyRefused',
  'ImagePullFailed',
  'CrashLooping',
  'StartFailed',
  'UnsupportedKernel',
  'VerifierRejected',
  'PermissionDenied',
  'ConfigRefused',
  'VolumeLost',
  'Unschedulable',
  'PodSecurity',
  'NoPods',
  'Unready',
  'SignalLost',
  'ApplyFailed',
  'PlanFailed',
  'VolumePending',
  'Progressing',
  'Verifying',
  'Paused',
  'Unmanaged',
] as const;
const calm = [
  'Valid',
  'UnknownFields',
  'Bound',
  'Available',
  'Attached',
  'NoMatchingWorkloads',
  'Flowing',
  'AllReady',
  'Disabled',
] as const;

export type Reason = (typeof ranked)[number] | (typeof calm)[number];

/** 0 is the worst; reasons that are no failure come last. */
export function rank(reason: Reason): number {
  const index = (ranked as readonly Reason[]).indexOf(reason);
  return index < 0 ? ranked.length : index;
}

/** Whether waiting alone can make it good; otherwise somebody has to act. */
export function passesByItself(reason: Reason): boolean {
  return rank(reason) >= rank('ApplyFailed') && rank(reason) <= rank('Verifying');
}

/** Whether the operator itself cannot go on before spec or rights change (kstatus calls that stalled). */
export function isStalled(reason: Reason): boolean {
  return rank(reason) <= rank('ApplyRefused');
}
