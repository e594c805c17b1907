import { expect, test } from '@jest/globals';
import type { Live } from '../../kube/index.ts';
import { refusedPods } from './refused-pods.ts';
import { readWorkload } from './workload.ts';

const set: Live = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'demo-agent', namespace: 'x', uid: 'set', resourceVersion: '1', generation: 1 },
  status: { observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 0 },
};
const violation = 'violates PodSecurity "restricted:latest": host namespaces (hostPID=true)';

function event(message: string, lastTimestamp: string, uid = 'set'): Live {
  const metadata = { name: `e-${lastTimestamp}`, namespace: 'x', uid: lastTimestamp, resourceVersion: '1' };
  return { apiVersion: 'v1', kind: 'Event', metadata, involvedObject: { uid }, message, lastTimestamp };
}

const cluster = (...events: Live[]) => ({ select: () => events });

test('a namespace that enforces Pod Security is named, in words that are the same for every attempt', () => {
  const told = ['demo-agent-x1', 'demo-agent-z9'].map((pod) =>
    refusedPods(cluster(event(`Error creating: pods "${pod}" is forbidden: ${violation}`, '2026-01-01')), set),
  );
  expect(told[0]).toEqual({
    reason: 'PodSecurity',
    message: `namespace x refuses its pods: ${violation}; label the namespace pod-security.kubernetes.io/enforce=privileged, or turn the component off`,
  });
  expect(told[1]).toEqual(told[0]);
});

test('any other refusal is told as it is, the newest one', () => {
  const events = [event('Error creating: exceeded quota', '2026-01-02'), event('older', '2026-01-01')];
  expect(refusedPods(cluster(...events), set)).toEqual({ reason: 'NoPods', message: 'exceeded quota' });
});

test('events about others, or about none, say nothing', () => {
  expect(refusedPods(cluster(event('no', '2026-01-01', 'other')), set)).toBeUndefined();
  expect(refusedPods(cluster(), set)).toBeUndefined();
  expect(refusedPods(cluster(event('no', '2026-01-01')), { ...set, kind: 'StatefulSet' })).toBeUndefined();
});

test('an old refusal does not stick to a DaemonSet that has its pods', () => {
  const refused = { reason: 'NoPods', message: 'no' } as const;
  expect(readWorkload('DaemonSet', 'demo-agent', set, refused).hindrance).toEqual(refused);
  const whole = { ...set, status: { ...(set['status'] as object), currentNumberScheduled: 2 } };
  expect(readWorkload('DaemonSet', 'demo-agent', whole, refused).hindrance).toBeUndefined();
});
