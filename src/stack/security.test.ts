import { describe, expect, test } from '@jest/globals';
import { everything, objectsOf, podTemplates } from './specimen.ts';

/** Volume types the `restricted` level allows (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const pods = podTemplates(objectsOf(everything));

describe.each([...pods].filter(([component]) => component !== 'agent'))('the pod of %s', (component, { spec }) => {
  test('runs as a plain user under the default seccomp profile', () => {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const shared of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec).not.toHaveProperty(shared);
  });

  test('can gain no privilege and write only where something is mounted', () => {
    for (const { securityContext, ports } of spec.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const port of ports) expect(port).not.toHaveProperty('hostPort');
    }
  });

  test('mounts only volumes of the restricted level', () => {
    const kinds = spec.volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    expect(kinds.filter((kind) => !allowedVolumes.includes(kind))).toEqual([]);
  });

  test('has a token only if its program asks the API server', () => {
    expect(spec.serviceAccountName).toBe(`demo-${component}`);
    expect(spec.automountServiceAccountToken).toBe(component === 'alloy-node' ? undefined : false);
  });
});

test('the agent is root with four capabilities, sees the processes of its node, and has nothing more of it', () => {
  const agent = pods.get('agent')?.spec;
  expect(agent).toMatchObject({ hostPID: true, securityContext: { runAsUser: 0, runAsNonRoot: false } });
  expect(agent?.securityContext).toMatchObject({ seccompProfile: { type: 'RuntimeDefault' } });
  for (const shared of ['hostNetwork', 'hostIPC']) expect(agent).not.toHaveProperty(shared);
  expect(agent?.containers.map(({ securityContext }) => securityContext)).toEqual([
    {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['BPF', 'PERFMON', 'SYS_PTRACE', 'DAC_READ_SEARCH'] },
    },
  ]);
  const kinds = agent?.volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
  expect(kinds).toEqual(['configMap', 'emptyDir']);
});
