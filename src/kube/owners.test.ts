import { expect, test } from '@jest/globals';
import type { Step } from './lacks.ts';
import { isForeign, ownersOf } from './owners.ts';
import type { KubeObject, Live } from './resource.ts';

const fieldsV1 = {
  'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x"': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:selector': {},
    'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } },
  },
};
const metadata = { managedFields: [{ manager: 'editor', operation: 'Update', fieldsV1 }] };
const live = { metadata } as unknown as Live;

test.each<[Step[], string[]]>([
  [['spec', 'replicas'], ['editor']],
  [['spec', 'paused'], []],
  [['spec', 'selector', 'app'], ['editor']],
  [['spec', 'ports', { key: { port: 80, protocol: 'TCP' } }, 'name'], ['editor']],
  [['spec', 'ports', { key: { port: 80, protocol: 'TCP' } }, 'targetPort'], []],
  [['spec', 'ports', { key: { port: 81, protocol: 'TCP' } }], []],
  [['metadata', 'finalizers', { value: 'x' }], ['editor']],
])('%j is owned by %j', (path, managers) => {
  expect(ownersOf(live, path)).toEqual(managers);
});

const owner = { apiVersion: 'v1', kind: 'Stack', name: 's', uid: 'a' };
const apply = { manager: 'ostack-operator', operation: 'Apply' };

test.each<[string, object, object, boolean]>([
  ['it has our owner', { ownerReferences: [owner] }, { ownerReferences: [owner] }, false],
  ['it has our owner beside another', { ownerReferences: [owner] }, { ownerReferences: [{ uid: 'b' }, owner] }, false],
  ['it has another owner', { ownerReferences: [owner] }, { ownerReferences: [{ uid: 'b' }] }, true],
  ['it has no owner', { ownerReferences: [owner] }, { managedFields: [apply] }, true],
  ['nothing can own it and we applied it', {}, { managedFields: [apply] }, false],
  ['nothing can own it and another applied it', {}, { managedFields: [{ ...apply, manager: 'helm' }] }, true],
  ['nothing can own it and we only updated it', {}, { managedFields: [{ ...apply, operation: 'Update' }] }, true],
  ['nothing is known of it', {}, {}, true],
])('an object is foreign or not where %s', (_name, rendered, found, foreign) => {
  expect(isForeign({ metadata: found } as Live, { metadata: rendered } as KubeObject)).toBe(foreign);
});
