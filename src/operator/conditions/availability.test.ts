import { expect, test } from '@jest/globals';
import { component, observation, off, workload } from '../testing/observation.fixture.ts';
import { availability, workloadVerdict } from './availability.ts';

test.each([
  ['all pods ready and new', {}, 'True Available', ''],
  ['not there', { exists: false, observed: false }, 'False Progressing', 'does not exist yet'],
  ['unseen by its controller', { observed: false }, 'False Progressing', 'newest generation'],
  ['unseen, though the counts look fine', { observed: false, ready: 3 }, 'False Progressing', 'newest generation'],
  ['asking for no pods', { desired: 0, ready: 0, updated: 0, total: 0 }, 'False NoPods', 'asks for 0 pods'],
  ['without any pod', { ready: 0, updated: 0, total: 0 }, 'False Progressing', '0 of 3 pods ready'],
  ['short of a ready pod', { ready: 2 }, 'False Progressing', '2 of 3 pods ready'],
  ['short of an updated pod', { updated: 2 }, 'False Progressing', '2 of 3 updated'],
  ['ready only thanks to a pod of the old template', { total: 4 }, 'False Progressing', ''],
  ['with more ready than desired', { ready: 4, total: 4, updated: 4 }, 'False Progressing', ''],
  [
    'unable to make pods',
    { ready: 0, updated: 0, total: 0, hindrance: { reason: 'NoPods', message: 'exceeded quota' } },
    'False NoPods',
    'exceeded quota',
  ],
  [
    'given up on',
    { ready: 1, hindrance: { reason: 'Unready', message: 'timed out progressing' } },
    'False Unready',
    'timed out progressing',
  ],
  [
    'well again after it was given up on',
    { hindrance: { reason: 'Unready', message: 'timed out progressing' } },
    'True Available',
    '',
  ],
] as const)('a workload that is %s', (_name, change, verdict, message) => {
  const found = workloadVerdict(workload(change));
  expect(`${found.status} ${found.reason}`).toBe(verdict);
  expect(found.message).toContain(message);
});

test('the worst of several components speaks for them', () => {
  const crashing = {
    ...component('alloy-sampler', { ready: 0 }),
    trouble: { reason: 'CrashLooping', message: 'boom' },
  } as const;
  const seen = observation({}, [component('alloy-node', { ready: 0 }), crashing]);
  expect(availability(seen, ['alloy-node', 'alloy-sampler'])).toEqual({
    status: 'False',
    reason: 'CrashLooping',
    message: 'boom',
  });
  expect(availability(seen, ['alloy-node']).reason).toBe('Progressing');
});

test('a crashing pod that nobody counts on does not matter', () => {
  const spare = { ...component('tempo'), trouble: { reason: 'CrashLooping', message: 'boom' } } as const;
  expect(availability(observation({}, [spare]), ['tempo']).status).toBe('True');
});

test('what the spec turns off is not available, and not a failure', () => {
  expect(availability(observation({}, [off('grafana')]), ['grafana'])).toMatchObject({
    status: 'False',
    reason: 'Disabled',
  });
});

test('an object the server refuses is told with the server’s own words', () => {
  const refusal = {
    object: 'StatefulSet demo-tempo',
    component: 'tempo',
    reason: 'ApplyRefused',
    message: 'spec.x: Invalid',
  } as const;
  expect(availability(observation({ refusals: [refusal] }), ['tempo'])).toEqual({
    status: 'False',
    reason: 'ApplyRefused',
    message: 'StatefulSet demo-tempo: spec.x: Invalid',
  });
});
