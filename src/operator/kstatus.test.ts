import { expect, test } from '@jest/globals';
import type { Condition } from '../api/index.ts';
import { recordedStates } from './gitops.fixture.ts';

interface Resource {
  readonly metadata: { readonly generation: number; readonly deletionTimestamp?: string };
  readonly status: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/** What kstatus makes of a resource of a kind it does not know, by the rules of its README. */
function kstatus({ metadata, status }: Resource): string {
  const is = (type: string) => status.conditions?.find((c) => c.type === type)?.status;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  // It takes a resource without a status for finished; the first status of a stack comes with its first pass.
  if (status.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) return 'InProgress';
  if (is('Reconciling') === 'True') return 'InProgress';
  if (is('Stalled') === 'True') return 'Failed';
  if (is('Ready') === 'False' || is('Ready') === 'Unknown') return 'InProgress';
  return 'Current';
}

test.each(recordedStates().filter(({ name }) => name !== 'new'))(
  'kstatus reads a stack that is $name as $kstatus',
  (recorded) => {
    expect(kstatus(recorded.resource as Resource)).toBe(recorded.kstatus);
  },
);

test('no condition that is False for a part that is turned off makes a stack fail', () => {
  const ready = recordedStates().find(({ name }) => name === 'ready without Grafana')!.resource as Resource;
  expect(ready.status.conditions?.filter((c) => c.status === 'False').map((c) => c.reason)).toEqual(['Disabled']);
  expect(kstatus(ready)).toBe('Current');
});
