import type { k8s } from 'cdk8s-plus-28';

/** The user and group every program runs as; also the group that owns the volumes. */
const user = 10001;

/** Pod level settings of the `restricted` Pod Security level. */
export const restrictedPod = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  // A volume with a million blocks is not walked again at every start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const satisfies k8s.PodSecurityContext;

/** Container level settings of the `restricted` Pod Security level, with nothing writable but the mounts. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const satisfies k8s.SecurityContext;
