import type { Progress } from '../cluster/progress.ts';
import { eventually } from '../scenarios/eventually.ts';
import type { Ground } from './ground.ts';

/** A condition of a stack, as far as people read it. */
export type Condition = Readonly<Record<'type' | 'status' | 'reason' | 'message', string>>;

interface Seen {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/** Waits until the demo's stack is Ready, telling what it waits for whenever that changes; its conditions then. */
export async function untilReady(ground: Ground, say: Progress): Promise<readonly Condition[]> {
  let told = '';
  const { value } = await eventually('Ready=True', ground.readyWithinMs, async () => {
    const text = await ground.kubectl(['get', 'observabilitystack', 'demo', '-n', 'observability', '-o', 'json']);
    const { metadata, status } = JSON.parse(text) as Seen;
    const conditions = status?.observedGeneration === metadata.generation ? (status.conditions ?? []) : [];
    const ready = conditions.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') return conditions;
    const waitsFor = ready === undefined ? 'the operator to look at it' : `${ready.reason}: ${ready.message}`;
    if (waitsFor !== told) say(waitsFor);
    told = waitsFor;
    throw new Error(waitsFor);
  });
  return value;
}

/** Conditions as columns, a line each. */
export function tableOf(conditions: readonly Condition[]): string {
  return conditions
    .map(
      ({ type, status, reason, message }) => `  ${type.padEnd(20)} ${status.padEnd(7)} ${reason.padEnd(20)} ${message}`,
    )
    .join('\n');
}
