import type { Condition } from '../api/index.ts';
import type { EventText } from '../kube/index.ts';

const quiet = new Set(['Progressing', 'Verifying', 'Disabled', 'VolumePending', 'Paused', 'Unmanaged']);

/** Events worth telling when conditions move: what broke and why, and when all is well again. Nothing while nothing moves. */
export function transitions(before: readonly Condition[], after: readonly Condition[]): EventText[] {
  return after.flatMap((now): EventText[] => {
    const was = before.find((c) => c.type === now.type);
    if (was?.status === now.status && was.reason === now.reason) return [];
    if (now.type === 'Ready') {
      if (now.status !== 'True') return [];
      return [{ type: 'Normal', reason: 'Ready', message: now.message }];
    }
    // The summary and its two companions repeat what the conditions say themselves.
    if (now.type === 'Reconciling' || now.type === 'Stalled') return [];
    if (now.status === 'False' && !quiet.has(now.reason)) {
      return [{ type: 'Warning', reason: now.reason, message: `${now.type}: ${now.message}` }];
    }
    return [];
  });
}
