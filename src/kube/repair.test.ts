import { expect, test } from '@jest/globals';
import { lacks } from './lacks.ts';
import { repairPatch, withoutRenamed } from './repair.ts';
import type { KubeObject, Live } from './resource.ts';

const metadata = { name: 'a' };
const withContainers = (containers: object[]) => ({ metadata, spec: { template: { spec: { containers } } } });
const patchOf = (rendered: object, live: object) => {
  const [wanted, there] = [{ metadata, ...rendered } as KubeObject, { metadata, ...live } as unknown as Live];
  return repairPatch(there, wanted, lacks(there, wanted));
};

test('a list with a foreign item in the way becomes ours', () => {
  const ports = [{ name: 'http', port: 80 }];
  expect(patchOf({ spec: { ports } }, { spec: { clusterIP: 'x', ports: [{ name: 'http', port: 81 }] } })).toEqual({
    spec: { ports },
  });
});

test('foreign members beside ours go, where only one may stand', () => {
  const strategy = { type: 'Recreate' };
  const live = { spec: { replicas: 3, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  expect(patchOf({ spec: { strategy } }, live)).toEqual({ spec: { strategy: { ...strategy, rollingUpdate: null } } });
});

test('what others have directly below spec and in the metadata is left alone', () => {
  const live = { spec: { type: 'NodePort', replicas: 3 }, metadata: { ...metadata, annotations: { foreign: 'x' } } };
  const rendered = { spec: { type: 'ClusterIP' }, metadata: { ...metadata, annotations: { ours: 'y' } } };
  expect(patchOf(rendered, live)).toEqual({ spec: { type: 'ClusterIP' } });
});

test('a renamed container goes, an added one stays', () => {
  const ours = { name: 'main', image: 'a' };
  const [renamed, added] = [
    { name: 'other', image: 'a' },
    { name: 'sidecar', image: 'b' },
  ];
  const before = withContainers([renamed, added]) as unknown as Live;
  const lacking = lacks(before, withContainers([ours]) as unknown as KubeObject);
  const after = withContainers([renamed, added, ours]) as unknown as Live;
  expect(withoutRenamed(after, lacking)).toEqual({ spec: { template: { spec: { containers: [added, ours] } } } });
  expect(withoutRenamed(after, [])).toBeUndefined();
});
