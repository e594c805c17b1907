import type { Condition } from '../../api/index.ts';

/** What kstatus looks at. */
export interface StatusBearer {
  readonly metadata: { readonly generation: number; readonly deletionTimestamp?: string };
  readonly status: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/** What kstatus makes of a resource of a kind it does not know, by the rules of its README. */
export function kstatus({ metadata, status }: StatusBearer): string {
  const is = (type: string) => status.conditions?.find((c) => c.type === type)?.status;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  // It takes a resource without a status for finished; the first status of a stack comes with its first pass.
  if (status.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return 'InProgress';
  if (is('Reconciling') === 'True') return 'InProgress';
  if (is('Stalled') === 'True') return 'Failed';
  if (is('Ready') === 'False' || is('Ready') === 'Unknown') return 'InProgress';
  return 'Current';
}
