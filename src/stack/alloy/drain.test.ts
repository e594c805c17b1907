import { expect, test } from '@jest/globals';
import { everything, objectOf, objectsOf, podTemplates, type SomeSpec } from '../specimen.ts';
import type { KubeObject } from '../component.ts';
import { drainOf } from './drain.ts';

test.each(['1s', '10s', '2m'])('with a decision wait of %s a sampler outlives its last undecided trace', (wait) => {
  const { sleepSeconds, gracePeriodSeconds } = drainOf(wait);
  const waitSeconds = wait === '2m' ? 120 : Number.parseInt(wait, 10);
  expect(sleepSeconds).toBeGreaterThanOrEqual(waitSeconds + 10);
  expect(gracePeriodSeconds).toBeGreaterThanOrEqual(sleepSeconds + 30);
});

test('the pod sleeps before it stops, and is given the time', () => {
  const { spec } = podTemplates(objectsOf({ sampling: { decisionWait: '30s' } })).get('alloy-sampler') ?? {};
  expect(spec?.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: 50 } } });
  expect(spec?.terminationGracePeriodSeconds).toBe(80);
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
