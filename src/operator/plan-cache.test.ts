import { expect, test } from '@jest/globals';
import { parseStack, type Stack } from '../api/index.ts';
import type { Facts, Plan } from '../stack/index.ts';
import { toRendering } from '../kube/index.ts';
import { namespaceLabel } from './ownership.ts';
import { PlanCache } from './plan-cache.ts';

const facts: Facts = {
  contentHashes: {},
  samplerAutoscaled: false,
  operatorImage: 'ostack',
  operatorNamespace: 'ostack-system',
};

function stack(uid: string, generation = 1, spec: object = {}): Stack {
  const metadata = { name: 'demo', namespace: 'observability', uid, generation };
  const parsed = parseStack({ apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata, spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const objectsOf = ({ components }: Plan) => components.flatMap(({ objects }) => objects);

test('the same generation and facts give the very same plan, other facts another', () => {
  const plans = new PlanCache();
  const first = plans.planOf(stack('a'), facts);
  expect(plans.planOf(stack('a'), facts)).toBe(first);
  expect(plans.planOf(stack('a'), { ...facts, operatorImage: 'other' })).not.toEqual(first);
});

test('a plan that was packed comes back equal', () => {
  const plans = new PlanCache(1);
  const first = plans.planOf(stack('a'), facts);
  plans.planOf(stack('b'), facts);
  const again = plans.planOf(stack('a'), facts);
  expect(again).not.toBe(first);
  expect(again).toEqual(JSON.parse(JSON.stringify(first)));
});

test('objects come as they are applied, also from a packed plan', () => {
  const plans = new PlanCache(1);
  plans.planOf(stack('a'), facts);
  plans.planOf(stack('b'), facts);
  for (const object of objectsOf(plans.planOf(stack('a'), facts))) {
    expect(toRendering(object)).toBe(object);
    expect(object.metadata['ownerReferences'] ?? object.metadata.labels?.[namespaceLabel]).toBeDefined();
  }
});

test('what an edit does not change is the same object as before, and what it changes is new', () => {
  const plans = new PlanCache();
  const before = new Set(objectsOf(plans.planOf(stack('a'), facts)));
  const after = objectsOf(plans.planOf(stack('a', 2, { traces: { retention: '74h' } }), facts));
  const fresh = after.filter((object) => !before.has(object)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(fresh).toEqual(['ConfigMap demo-tempo', 'StatefulSet demo-tempo']);
});
