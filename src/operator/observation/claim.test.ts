import { expect, test } from '@jest/globals';
import type { Live } from '../../kube/index.ts';
import { observation } from '../testing/observation.fixture.ts';
import { storageReady } from '../conditions/storage-ready.ts';
import { readClaim } from './claim.ts';

const live = (kind: string, name: string, rest: object): Live => {
  return { apiVersion: 'v1', kind, metadata: { name, uid: name, resourceVersion: '1' }, ...rest } as Live;
};
const claim = (spec: object, annotations: object = {}): Live => {
  const made = live('PersistentVolumeClaim', 'data-demo-tempo-0', { spec, status: { phase: 'Pending' } });
  return { ...made, metadata: { ...made.metadata, annotations } } as Live;
};
const storageClass = (name: string, rest: object = {}, annotations: object = {}): Live => {
  const made = live('StorageClass', name, { provisioner: 'disks.test', volumeBindingMode: 'Immediate', ...rest });
  return { ...made, metadata: { ...made.metadata, annotations } } as Live;
};
const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
const late = { volumeBindingMode: 'WaitForFirstConsumer' };

test.each([
  [
    'no class and none is the default',
    claim({}),
    [storageClass('fast')],
    /no StorageClass is the default.*is-default-class.*spec/,
  ],
  ['no class, and a default has just appeared', claim({}), [storageClass('fast', {}, isDefault)], /pending$/],
  [
    'a class that does not exist',
    claim({ storageClassName: 'fast' }),
    [storageClass('slow')],
    /the StorageClass fast does not exist/,
  ],
  ['the empty class', claim({ storageClassName: '' }), [storageClass('fast')], /a volume without a storage class/],
  [
    'a provisioner',
    claim({ storageClassName: 'fast' }),
    [storageClass('fast')],
    /storage class fast.*provisioner disks\.test/,
  ],
  ['its pod', claim({ storageClassName: 'fast' }), [storageClass('fast', late)], /a node for its pod/],
  [
    'a provisioner, with its pod on a node',
    claim({ storageClassName: 'fast' }, { 'volume.kubernetes.io/selected-node': 'a' }),
    [storageClass('fast', late)],
    /provisioner disks\.test/,
  ],
])('a pending claim that waits for %s says so', (_name, pending, classes, message) => {
  const seen = readClaim({ select: () => classes }, pending);
  const claims = [{ name: pending.metadata.name, component: 'tempo' as const, ...seen }];
  const verdict = storageReady(observation({ claims }));
  expect(verdict).toMatchObject({ status: 'False', reason: 'VolumePending' });
  expect(verdict.message).toMatch(/^claim data-demo-tempo-0 is pending/);
  expect(verdict.message).toMatch(message);
});

test('a claim that is not there yet, and one that is bound, wait for nothing', () => {
  const none = { select: () => [] };
  expect(readClaim(none, undefined)).toEqual({ phase: 'Missing', storageClass: '', growsTo: '', waitsFor: '' });
  const bound = live('PersistentVolumeClaim', 'x', {
    spec: { storageClassName: 'gone', resources: { requests: { storage: '2Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
  });
  expect(readClaim(none, bound)).toEqual({ phase: 'Bound', storageClass: 'gone', growsTo: '2Gi', waitsFor: '' });
});
