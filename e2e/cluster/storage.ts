import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubeconfigOf, pki } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import type { Place } from './place.ts';

/** Name under which the storage class asks for volumes. */
export const provisioner = 'ostack.test/local';

/** The default storage class, and one whose claims may ask for more: a directory has no size, so nothing is resized. */
export const storageClasses = { standard: 'standard', growing: 'growing' } as const;

export function storageObjects(): object[] {
  const storageClass = (name: string, more: object) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    metadata: { name },
    ...more,
  });
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return [
    storageClass(storageClasses.standard, { metadata: { name: storageClasses.standard, annotations } }),
    storageClass(storageClasses.growing, { allowVolumeExpansion: true }),
  ];
}

/** The process that makes volumes for claims, `storage-provisioner.ts`. */
export function storage(place: Place): Daemon {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'storage-provisioner.ts');
  return {
    name: 'storage',
    command: process.execPath,
    args: [program, place.name, join(place.root, 'volumes'), kubeconfigOf(place, 'storage')],
    env: { NODE_EXTRA_CA_CERTS: pki(place, 'ca.crt') },
  };
}
