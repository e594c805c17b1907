import { expect, test } from '@jest/globals';
import { everything, objectOf, objectsOf, podTemplates, someFacts, someStack, type SomeSpec } from '../specimen.ts';
import type { KubeObject } from '../component.ts';
import { drainOf } from './drain.ts';

test.each([
  ['1s', 1, 14],
  ['10s', 1, 23],
  ['2m', 1, 133],
  ['10s', 2, 30],
])(
  'with a decision wait of %s one of %d samplers outlives its last undecided trace: %d s',
  (wait, replicas, seconds) => {
    const stack = someStack({ sampling: { decisionWait: wait }, collection: { sampler: { replicas } } });
    const { sleepSeconds, gracePeriodSeconds } = drainOf({ stack, facts: someFacts });
    expect(sleepSeconds).toBe(seconds);
    expect(gracePeriodSeconds).toBe(seconds + 30);
  },
);

test('the pod sleeps before it stops, and is given the time', () => {
  const { spec } = podTemplates(objectsOf({ sampling: { decisionWait: '30s' } })).get('alloy-sampler') ?? {};
  expect(spec?.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: 43 } } });
  expect(spec?.terminationGracePeriodSeconds).toBe(73);
});

test('the Service answers with the samplers themselves, so that routing is by trace and not by chance', () => {
  expect(objectOf('Service', 'demo-alloy-sampler')['spec']).toMatchObject({ clusterIP: 'None' });
  expect(objectOf('Service', 'demo-alloy-sampler')['spec']).not.toHaveProperty('publishNotReadyAddresses');
});

test('a disruption budget comes with the second sampler', () => {
  expect(budgets({ collection: { sampler: { replicas: 1 } } })).toEqual([]);
  expect(budgets(everything).map(({ spec }) => spec)).toMatchObject([{ maxUnavailable: 1 }]);
});

function budgets(spec: SomeSpec): readonly KubeObject[] {
  return objectsOf(spec).filter(({ kind }) => kind === 'PodDisruptionBudget');
}
