import { expect, test } from '@jest/globals';
import type { KubeObject } from '../component.ts';
import { objectsOf, someFacts } from '../specimen.ts';

/** What is rendered, with the samplers an autoscaler will change taken out. */
function besidesReplicas(objects: readonly KubeObject[]): readonly unknown[] {
  return objects.map((object) => {
    const isSampler = object.kind === 'StatefulSet' && object.metadata.name === 'demo-alloy-sampler';
    return isSampler ? { ...object, spec: { ...(object['spec'] as object), replicas: 'any' } } : object;
  });
}

test('an only sampler that an autoscaler may multiply is set up as several are, before there are several', () => {
  const autoscaled = objectsOf({}, { ...someFacts, samplerAutoscaled: true });
  const several = objectsOf({ collection: { sampler: { replicas: 2 } } });
  expect(besidesReplicas(autoscaled)).toEqual(besidesReplicas(several));
  expect(besidesReplicas(objectsOf())).not.toEqual(besidesReplicas(several));
});
