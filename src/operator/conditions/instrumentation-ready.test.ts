import { expect, test } from '@jest/globals';
import type { AgentSeen } from '../agents/agent-seen.ts';
import { component, observation, off } from '../testing/observation.fixture.ts';
import { instrumentationReady } from './instrumentation-ready.ts';

const attached: AgentSeen = { node: 'a', state: 'Attached', message: '', follows: true };
const idle: AgentSeen = { ...attached, follows: false };
const old: AgentSeen = {
  node: 'old',
  state: 'UnsupportedKernel',
  message: 'this kernel does not support ring-buffer (needs Linux 5.8, BPF ring buffer)',
  follows: false,
};
const waiting: AgentSeen = { node: 'b', state: 'Waiting', message: 'it does not answer', follows: false };
const three = (...agents: AgentSeen[]) => ({ agents });

test.each([
  ['all are attached', {}, {}, 'True Attached', 'on every node'],
  ['none follows a process', three(idle, idle, idle), {}, 'True NoMatchingWorkloads', 'spec.instrumentation.discovery'],
  ['one of them follows a process', three(idle, attached, idle), {}, 'True Attached', ''],
  [
    'a kernel cannot do it',
    three(attached, old),
    { ready: 2 },
    'False UnsupportedKernel',
    'node old: this kernel does not support ring-buffer',
  ],
  [
    'several kernels cannot do it',
    three(old, { ...old, node: 'older' }),
    { ready: 1 },
    'False UnsupportedKernel',
    '(and 1 more: older)',
  ],
  [
    'the verifier refuses',
    three({ ...old, state: 'VerifierRejected', message: 'R1' }),
    { ready: 2 },
    'False VerifierRejected',
    'R1',
  ],
  [
    'a right is missing',
    three({ ...old, state: 'PermissionDenied' }),
    { ready: 2 },
    'False PermissionDenied',
    'node old',
  ],
  [
    'one goes by another configuration',
    three(attached, { ...attached, node: 'b', state: 'ConfigRefused', message: 'discovery.ports is no list' }),
    {},
    'False ConfigRefused',
    'node b: discovery.ports is no list',
  ],
  [
    'pods are ready and one does not say so',
    three(attached, attached, waiting),
    {},
    'False Unready',
    'node b: it does not answer',
  ],
  ['a pod starts', three(attached, attached, waiting), { ready: 2 }, 'False Progressing', 'node b: it does not answer'],
  ['a pod has no address yet', three(attached, attached), { ready: 2 }, 'False Progressing', '2 of 3 pods ready'],
  ['not all were heard', three(attached, attached), {}, 'Unknown Verifying', 'first word'],
  ['nobody was heard', three(), {}, 'Unknown Verifying', 'first word'],
  [
    'the namespace refuses the pods',
    three(),
    { ready: 0, updated: 0, total: 0, hindrance: { reason: 'PodSecurity', message: 'namespace x refuses' } } as const,
    'False PodSecurity',
    'DaemonSet demo-agent: namespace x refuses',
  ],
  ['there is no node', three(), { desired: 0, ready: 0, updated: 0, total: 0 }, 'False NoPods', 'asks for 0 pods'],
] as const)('the condition when %s', (_name, change, counts, verdict, message) => {
  const { status, reason, message: told } = instrumentationReady(observation(change, [component('agent', counts)]));
  expect(`${status} ${reason}`).toBe(verdict);
  expect(told).toContain(message);
});

test('what the spec turns off is no failure, and of what nobody looks after nothing is known', () => {
  expect(instrumentationReady(observation(three(), [off('agent')]))).toMatchObject({
    status: 'False',
    reason: 'Disabled',
  });
  const unmanaged = observation({ ...three(old), managementState: 'Unmanaged' });
  expect(instrumentationReady(unmanaged)).toMatchObject({ status: 'Unknown', reason: 'Unmanaged' });
});
