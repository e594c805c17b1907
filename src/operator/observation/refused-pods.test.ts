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
    refusedPods(cluster(event(`Error creating: pods "${pod}" is forbidden: ${violation}`, '2026-01-01')), set, []),
  );
  expect(told[0]).toEqual({
    reason: 'PodSecurity',
    message: `namespace x refuses its pods: ${violation}; label the namespace pod-security.kubernetes.io/enforce=privileged, or turn the component off`,
  });
  expect(told[1]).toEqual(told[0]);
});

test('any other refusal is told as it is, the newest one', () => {
  const events = [event('Error creating: exceeded quota', '2026-01-02'), event('older', '2026-01-01')];
  expect(refusedPods(cluster(...events), set, [])).toEqual({ reason: 'NoPods', message: 'exceeded quota' });
});

test('events about others, or about none, say nothing', () => {
  expect(refusedPods(cluster(event('no', '2026-01-01', 'other')), set, [])).toBeUndefined();
  expect(refusedPods(cluster(), set, [])).toBeUndefined();
});

const quota = 'exceeded quota: small, requested: pods=1';
const refusals = [
  `Create Pod demo-tempo-0 in StatefulSet demo-tempo failed error: pods "demo-tempo-0" is forbidden: ${quota}, used: pods=3, limited: pods=3`,
  `create Pod demo-tempo-1 in StatefulSet demo-tempo failed error: pods "demo-tempo-1" is forbidden: ${quota}, used: pods=2, limited: pods=3`,
];

test('the pods a quota keeps from a StatefulSet are told in the same words, whichever pod was tried and whatever is used', () => {
  for (const refusal of refusals)
    expect(refusedPods(cluster(event(refusal, '2026-01-01')), { ...set, kind: 'StatefulSet' }, [])).toEqual({
      reason: 'NoPods',
      message: `${quota}, limited: pods=3`,
    });
});

test('the claims a quota keeps from a StatefulSet are told in the same words by both of its events', () => {
  const forbidden = `persistentvolumeclaims "data-demo-tempo-0" is forbidden: exceeded quota: small`;
  for (const refusal of [
    `create Claim data-demo-tempo-0 Pod demo-tempo-0 in StatefulSet demo-tempo failed error: ${forbidden}`,
    `Create Claim data-demo-tempo-0 for Pod demo-tempo-0 in StatefulSet demo-tempo failed error: ${forbidden}`,
    `Create Pod demo-tempo-0 in StatefulSet demo-tempo failed error: failed to create PVC data-demo-tempo-0: ${forbidden}`,
  ])
    expect(refusedPods(cluster(event(refusal, '2026-01-01')), set, [])).toEqual({
      reason: 'NoPods',
      message: 'its volume claims are forbidden: exceeded quota: small',
    });
});

test('a refusal from before the newest pod is over', () => {
  const pod = (creationTimestamp: string): Live => ({ ...set, metadata: { ...set.metadata, creationTimestamp } });
  const refused = cluster(event('no', '2026-01-02'));
  expect(refusedPods(refused, set, [pod('2026-01-01'), pod('2026-01-02')])?.message).toBe('no');
  expect(refusedPods(refused, set, [pod('2026-01-01'), pod('2026-01-03')])).toBeUndefined();
});

test('an old refusal does not stick to a workload that has its pods', () => {
  const refused = { reason: 'NoPods', message: 'no' } as const;
  expect(readWorkload('DaemonSet', 'demo-agent', set, refused).hindrance).toEqual(refused);
  const sts = { ...set, spec: { replicas: 2 }, status: { observedGeneration: 1, replicas: 1 } };
  expect(readWorkload('StatefulSet', 'demo-tempo', sts, refused).hindrance).toEqual(refused);
  const both = { ...sts, status: { observedGeneration: 1, replicas: 2 } };
  expect(readWorkload('StatefulSet', 'demo-tempo', both, refused).hindrance).toBeUndefined();
  const whole = { ...set, status: { ...(set['status'] as object), currentNumberScheduled: 2 } };
  expect(readWorkload('DaemonSet', 'demo-agent', whole, refused).hindrance).toBeUndefined();
});
