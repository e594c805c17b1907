import { k8s } from 'cdk8s-plus-28';
import type { Spec, Stack, Volume } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { labelsOf } from './labels.ts';

/** A mount and the pod volume behind it; a claim's volume comes from the StatefulSet instead. */
export interface Mount {
  readonly mount: k8s.VolumeMount;
  readonly volume?: k8s.Volume;
}

/** The claim every StatefulSet keeps its data in. */
export const claimName = 'data';

/** A ConfigMap as a directory, so that an edit reaches the running pod. */
export function configMount(name: string, configMap: string, mountPath: string): Mount {
  return { mount: { name, mountPath, readOnly: true }, volume: { name, configMap: { name: configMap } } };
}

/** Several ConfigMaps as one directory. */
export function configsMount(name: string, configMaps: readonly string[], mountPath: string): Mount {
  const sources = configMaps.map((configMap) => ({ configMap: { name: configMap } }));
  return { mount: { name, mountPath, readOnly: true }, volume: { name, projected: { sources } } };
}

/** Space that lives and dies with the pod. */
export function scratchMount(name: string, mountPath: string): Mount {
  return { mount: { name, mountPath }, volume: { name, emptyDir: {} } };
}

/** The claim of `dataClaim`. */
export function dataMount(mountPath: string): Mount {
  return { mount: { name: claimName, mountPath } };
}

/** The volume claim template of a StatefulSet; an empty storage class means the cluster's default. */
export function dataClaim(stack: Stack, component: ComponentName, { size, storageClass }: Volume) {
  return {
    metadata: { name: claimName, labels: labelsOf(stack, component) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: k8s.Quantity.fromString(size) } },
      ...(storageClass !== '' && { storageClassName: storageClass }),
    },
  } satisfies k8s.KubePersistentVolumeClaimProps;
}

/**
 * What becomes of the claims when their StatefulSet goes, because the stack or the component went. Kubernetes keeps
 * them by default, which is what RetainData asks for; an orphaning delete keeps them either way.
 */
export function claimRetention(
  policy: Spec['deletionPolicy'],
): Pick<k8s.StatefulSetSpec, 'persistentVolumeClaimRetentionPolicy'> {
  return policy === 'Delete' ? { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } : {};
}
