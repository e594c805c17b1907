import { expect, test } from '@jest/globals';
import { digestOf } from './digest.ts';
import type { Live, ManagedFields } from './resource.ts';
import { bare, slim } from './slim.ts';

const as = { apiVersion: 'v1', kind: 'ConfigMap' };
const entry = (manager: string, subresource?: string): ManagedFields => ({
  manager,
  operation: 'Update',
  fieldsV1: {},
  ...(subresource !== undefined && { subresource }),
});
const metadata = { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', labels: { x: 'y' } };
const live = (fields: object, managedFields: ManagedFields[] = []): Live =>
  ({ metadata: { ...metadata, managedFields }, ...fields }) as unknown as Live;

test('lists leave kind and version out; they are filled in', () => {
  expect(slim(live({}), as)).toEqual({ ...as, metadata });
});

test('of the managers only other writers are remembered', () => {
  const managers = [entry('ostack-operator'), entry('kube-controller-manager', 'status'), entry('kubectl-edit')];
  expect(slim(live({}, managers), as).metadata.managedFields).toEqual([entry('kubectl-edit')]);
});

test('long texts are kept as digests, short ones as they are', () => {
  const long = 'x'.repeat(5000);
  expect(slim(live({ data: { long, short: 'y' } }), as)['data']).toEqual({ long: digestOf(long), short: 'y' });
});

test('of a pod the node and the images stay', () => {
  const spec = { nodeName: 'n1', volumes: [{}], containers: [{ name: 'c', image: 'i', env: [] }] };
  const kept = slim(live({ spec, status: { phase: 'Running' } }), { apiVersion: 'v1', kind: 'Pod' });
  expect(kept).toMatchObject({
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running' },
  });
  expect(JSON.stringify(kept)).not.toContain('volumes');
});

test('of an object of others only the name and the version stay', () => {
  const { labels: _labels, ...kept } = metadata;
  expect(bare(live({ data: { a: 'b' } }), as)).toEqual({ ...as, metadata: kept });
});
