import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubeconfigOf, pki } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import type { Place } from './place.ts';

/** Name under which the storage class asks for volumes. */
export const provisioner = 'ostack.test/local';

/** The default storage class. */
export function storageObjects(): object[] {
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
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
