import type { Observation } from '../observation/observation.ts';
import { isStalled, passesByItself, rank, type NamedVerdict } from './verdict.ts';

/**
 * `Ready` and, while they are true, kstatus' `Reconciling` (waiting alone can make it good) and `Stalled` (spec or rights must
 * change first). Disabled parts are left out: a stack without Grafana can be ready.
 */
export function summary(seen: Observation, verdicts: readonly NamedVerdict[]): NamedVerdict[] {
  const refused = seen.refusals.map((r): NamedVerdict => ({
    type: r.object,
    status: 'False',
    reason: r.reason,
    message: r.message,
  }));
  const bad = [...verdicts, ...refused].filter((v) => v.status !== 'True' && v.reason !== 'Disabled');
  const worst = bad.reduce<NamedVerdict | undefined>(
    (a, b) => (a && rank(a.reason) <= rank(b.reason) ? a : b),
    undefined,
  );
  const held = seen.managementState !== 'Managed' && worst?.reason !== 'InvalidSpec';
  if (held) {
    const reason = seen.managementState === 'Paused' ? 'Paused' : 'Unmanaged';
    return [{ type: 'Ready', status: 'Unknown', reason, message: `spec.managementState is ${reason}` }];
  }
  if (worst === undefined) {
    return [{ type: 'Ready', status: 'True', reason: 'AllReady', message: 'everything the spec asks for is ready' }];
  }
  const status = bad.some((v) => v.status === 'False') ? 'False' : 'Unknown';
  const message = `${worst.type}: ${worst.message}`;
  const ready: NamedVerdict = { type: 'Ready', status, reason: worst.reason, message };
  if (isStalled(worst.reason)) return [ready, { ...ready, type: 'Stalled', status: 'True' }];
  if (bad.every((v) => passesByItself(v.reason))) return [ready, { ...ready, type: 'Reconciling', status: 'True' }];
  return [ready];
}
