import { describe, expect, test } from '@jest/globals';
import { type Claim, isReleased, isWaiting, type Volume, volumeFor } from './storage-volume.ts';

const claim: Claim = {
  metadata: { name: 'data', namespace: 'shop', uid: 'u1' },
  spec: { storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

describe('the storage of the node', () => {
  test('serves claims of its own classes that have no volume yet', () => {
    expect(isWaiting(claim)).toBe(true);
    expect(isWaiting({ ...claim, spec: { ...claim.spec, storageClassName: 'growing' } })).toBe(true);
    expect(isWaiting({ ...claim, spec: { ...claim.spec, volumeName: 'pvc-u1' } })).toBe(false);
    expect(isWaiting({ ...claim, spec: { ...claim.spec, storageClassName: 'fast' } })).toBe(false);
  });

  test('binds a volume to the one claim it was made for', () => {
    expect(volumeFor(claim, 'ostack', '/volumes/u1')).toMatchObject({
      metadata: { name: 'pvc-u1' },
      spec: { claimRef: { namespace: 'shop', name: 'data', uid: 'u1' }, local: { path: '/volumes/u1' } },
    });
  });

  test.each([
    ['Released', 'Delete', true],
    ['Bound', 'Delete', false],
    ['Released', 'Retain', false],
  ])('phase %s and policy %s: the data goes = %s', (phase, persistentVolumeReclaimPolicy, goes) => {
    const made = volumeFor(claim, 'ostack', '/volumes/u1') as Volume;
    expect(isReleased({ ...made, spec: { ...made.spec, persistentVolumeReclaimPolicy }, status: { phase } })).toBe(
      goes,
    );
  });

  test('never touches a volume somebody else made', () => {
    const foreign: Volume = {
      metadata: { name: 'x' },
      spec: { persistentVolumeReclaimPolicy: 'Delete', local: { path: '/' } },
      status: { phase: 'Released' },
    };
    expect(isReleased(foreign)).toBe(false);
  });
});
