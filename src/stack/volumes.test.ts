import { expect, test } from '@jest/globals';
import { everything, objectOf, objectsOf } from './specimen.ts';

interface StatefulSetSpec {
  readonly persistentVolumeClaimRetentionPolicy?: unknown;
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
    readonly spec: { readonly storageClassName?: string; readonly resources: { requests: { storage: string } } };
  }[];
}

const specOf = (component: string, objects = objectsOf()) =>
  objectOf('StatefulSet', `demo-${component}`, objects)['spec'] as StatefulSetSpec;

test.each(['tempo', 'mimir', 'loki'])(
  '%s keeps its claim when it goes, unless volumes are to be deleted',
  (component) => {
    expect(specOf(component).persistentVolumeClaimRetentionPolicy).toBeUndefined();
    expect(specOf(component, objectsOf({ deletionPolicy: 'Delete' })).persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Delete',
    });
  },
);

test('a claim has the size and class of the spec, and is found by the labels of its component', () => {
  const [claim] = specOf('tempo', objectsOf(everything)).volumeClaimTemplates ?? [];
  expect(claim?.metadata.name).toBe('data');
  expect(claim?.metadata.labels).toMatchObject({ 'app.kubernetes.io/component': 'tempo', 'ostack.io/stack': 'demo' });
  expect(claim?.spec.resources.requests.storage).toBe('200Gi');
  expect(claim?.spec.storageClassName).toBe('fast-ssd');
});

test('without a class the cluster chooses', () => {
  expect(specOf('loki').volumeClaimTemplates?.[0]?.spec).not.toHaveProperty('storageClassName');
});

test('samplers have a volume only for a queue that is to outlive them', () => {
  expect(specOf('alloy-sampler').volumeClaimTemplates).toBeUndefined();
  const [claim] = specOf('alloy-sampler', objectsOf(everything)).volumeClaimTemplates ?? [];
  expect(claim?.spec.resources.requests.storage).toBe('10Gi');
});
