import type { Condition, StackStatus } from '../api/index.ts';

/** What is remembered of a stack's status writes; times in milliseconds. */
export interface Pace {
  readonly writtenAt: number;
  /** When the difference that is still unwritten was first seen. */
  readonly noticedAt: number | undefined;
}

/** How long a verdict must differ before it is written: a controller that is about to answer gets the chance. */
const settleMs = 250;
/** Between two writes of one status; a rollout of many pods is told once a second, not once a pod. */
const intervalMs = 1000;
/** Counts alone are not news. */
const countsMs = 1000;

/** Milliseconds until a changed status is to be written; 0 is now. The first status of a stack does not wait. */
export function waitBeforeWrite(before: StackStatus, after: StackStatus, pace: Pace | undefined, now: number): number {
  if (before.conditions === undefined) return 0;
  // A new spec has been seen: whoever waits for its generation learns so at once.
  if (before.observedGeneration !== after.observedGeneration) return 0;
  const noticedAt = pace?.noticedAt ?? now;
  const settled = noticedAt + (sameVerdicts(before, after) ? countsMs : settleMs);
  return Math.max(0, Math.max(settled, (pace?.writtenAt ?? -Infinity) + intervalMs) - now);
}

function sameVerdicts(before: StackStatus, after: StackStatus): boolean {
  return words(before.conditions) === words(after.conditions);
}

const words = (conditions: readonly Condition[] = []): string =>
  conditions.map((c) => `${c.type} ${c.status} ${c.reason}`).join();
