import { expect, test } from '@jest/globals';
import type { Step } from './lacks.ts';
import { ownersOf } from './owners.ts';
import type { Live } from './resource.ts';

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
