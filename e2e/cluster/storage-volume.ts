import { provisioner, storageClasses } from './storage.ts';

/** The part of a PersistentVolumeClaim that decides about its volume. */
export interface Claim {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

/** The part of a PersistentVolume that decides whether it goes. */
export interface Volume {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly persistentVolumeReclaimPolicy?: string; readonly local?: { readonly path: string } };
  readonly status?: { readonly phase?: string };
}

const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/** Does the claim wait for a volume of ours? */
export function isWaiting(claim: Claim): boolean {
  const { storageClassName = '', volumeName } = claim.spec;
  return Object.hasOwn(storageClasses, storageClassName) && !volumeName;
}

/** Is the volume ours and no longer wanted, data included? */
export function isReleased(volume: Volume): boolean {
  const ours = volume.metadata.annotations?.[provisionedBy] === provisioner;
  return ours && volume.status?.phase === 'Released' && volume.spec.persistentVolumeReclaimPolicy === 'Delete';
}

/** Name of the volume for a claim; one claim never gets two. */
export function volumeNameOf(claim: Claim): string {
  return `pvc-${claim.metadata.uid}`;
}

/** A `local` volume, because the kubelet applies fsGroup to those and not to hostPath ones. */
export function volumeFor(claim: Claim, node: string, path: string): object {
  const { name, namespace, uid } = claim.metadata;
  const match = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeNameOf(claim), annotations: { [provisionedBy]: provisioner } },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources.requests.storage },
      storageClassName: claim.spec.storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [match] }] } },
    },
  };
}
