import { expect, test } from '@jest/globals';
import { recordedStates } from './gitops.fixture.ts';
import { kstatus, type StatusBearer } from './testing/kstatus.fixture.ts';

test.each(recordedStates().filter(({ name }) => name !== 'new'))(
  'kstatus reads a stack that is $name as $kstatus',
  (recorded) => {
    expect(kstatus(recorded.resource as StatusBearer)).toBe(recorded.kstatus);
  },
);

test('no condition that is False for a part that is turned off makes a stack fail', () => {
  const ready = recordedStates().find(({ name }) => name === 'ready without Grafana')!.resource as StatusBearer;
  expect(ready.status.conditions?.filter((c) => c.status === 'False').map((c) => c.reason)).toEqual(['Disabled']);
  expect(kstatus(ready)).toBe('Current');
});
