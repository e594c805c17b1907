import { expect, test } from '@jest/globals';
import { digestOf } from './digest.ts';
import { renderingAnnotation } from './rendering.ts';
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

test('of the managers only other writers are remembered, and of objects we do not render none', () => {
  const managers = [entry('ostack-operator'), entry('kube-controller-manager', 'status'), entry('kubectl-edit')];
  const rendered = { metadata: { ...metadata, annotations: { [renderingAnnotation]: 'h' }, managedFields: managers } };
  expect(slim(live(rendered), as).metadata.managedFields).toEqual([entry('kubectl-edit')]);
  expect(slim(live({}, managers), as).metadata).not.toHaveProperty('managedFields');
});

test('what two objects have in common is kept once', () => {
  const spec = () => ({ selector: { app: 'x' }, ports: [{ port: 80 }] });
  const one = slim(live({ spec: spec() }), as);
  const other = slim(live({ metadata: { ...metadata, labels: { x: 'y' } }, spec: { ...spec(), type: 'Other' } }), as);
  expect(other['spec']).toEqual({ ...spec(), type: 'Other' });
  expect((other['spec'] as { ports: object }).ports).toBe((one['spec'] as { ports: object }).ports);
  expect(other.metadata.labels).toBe(one.metadata.labels);
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
