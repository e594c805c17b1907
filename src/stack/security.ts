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

/** Root without any right of its own: what the agent may do is in its capabilities. */
export const kernelPod = {
  runAsNonRoot: false,
  runAsUser: 0,
  runAsGroup: 0,
  seccompProfile: { type: 'RuntimeDefault' },
} as const satisfies k8s.PodSecurityContext;

/** To load and attach probes (BPF, PERFMON) and to read who a process is (SYS_PTRACE, DAC_READ_SEARCH); nothing more. */
export const kernelContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'], add: ['BPF', 'PERFMON', 'SYS_PTRACE', 'DAC_READ_SEARCH'] },
} as const satisfies k8s.SecurityContext;

/** Container level settings of the `restricted` Pod Security level, with nothing writable but the mounts. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const satisfies k8s.SecurityContext;
