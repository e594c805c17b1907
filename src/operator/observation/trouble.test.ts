import { describe, expect, test } from '@jest/globals';
import type { Live } from '../../kube/index.ts';
import { worstTrouble } from './trouble.ts';

const pod = (container: object, more: object = {}, name = 'demo-loki-0'): Live => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'x', uid: name, resourceVersion: '1' },
  spec: { containers: [{ name: 'loki', image: 'grafana/loki:nope' }] },
  status: { containerStatuses: [{ name: 'loki', ready: false, restartCount: 0, ...container }], ...more },
});

const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
const exited = (exitCode: number, reason = 'Error') => ({ terminated: { exitCode, reason } });

const crash = (restartCount: number) =>
  worstTrouble([pod({ ...waiting('CrashLoopBackOff'), restartCount, lastState: exited(1) })]);

describe('a pod that', () => {
  test.each([
    ['starts', waiting('ContainerCreating'), undefined, ''],
    ['runs', { ready: true, state: { running: {} } }, undefined, ''],
    ['is not ready yet', { state: { running: {} } }, undefined, ''],
    [
      'backs off',
      { ...waiting('CrashLoopBackOff'), restartCount: 4, lastState: exited(1) },
      'CrashLooping',
      'exits with code 1 (Error)',
    ],
    [
      'is killed for its memory',
      { ...waiting('CrashLoopBackOff'), lastState: exited(137, 'OOMKilled') },
      'CrashLooping',
      'code 137 (OOMKilled)',
    ],
    [
      'runs for a moment between two crashes',
      { state: { running: {} }, restartCount: 3, lastState: exited(2) },
      'CrashLooping',
      'container loki of pod demo-loki-0',
    ],
    ['has just crashed again', { state: exited(2), restartCount: 1 }, 'CrashLooping', 'code 2'],
    ['crashed once, long ago', { state: { running: {} }, restartCount: 1, lastState: exited(2) }, undefined, ''],
    [
      'crashed and is well again',
      { ready: true, state: { running: {} }, restartCount: 9, lastState: exited(2) },
      undefined,
      '',
    ],
    ['has ended well', { state: exited(0, 'Completed'), restartCount: 5 }, undefined, ''],
    ['has no image', waiting('ImagePullBackOff'), 'ImagePullFailed', 'image grafana/loki:nope cannot be pulled'],
    ['has just failed to pull', waiting('ErrImagePull'), 'ImagePullFailed', 'grafana/loki:nope'],
    [
      'lacks a ConfigMap',
      waiting('CreateContainerConfigError', 'configmap "x" not found'),
      'StartFailed',
      'configmap "x" not found',
    ],
  ])('%s', (_name, container, reason, message) => {
    const found = worstTrouble([pod(container)]);
    expect(found?.reason).toBe(reason);
    expect(found?.message ?? '').toContain(message);
  });

  test('fits on no node is told in the scheduler’s words', () => {
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient cpu.',
      },
    ];
    const unscheduled = { ...pod({}), status: { conditions } };
    expect(worstTrouble([unscheduled])).toEqual({
      reason: 'Unschedulable',
      message: 'pod demo-loki-0 fits on no node: 0/1 nodes are available: 1 Insufficient cpu.',
    });
  });

  test('is on its way out is left alone', () => {
    const leaving = pod(waiting('CrashLoopBackOff'));
    expect(worstTrouble([{ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: 'now' } }])).toBeUndefined();
  });

  test('crashes more often says nothing new: the message does not move', () => {
    expect(crash(9)).toEqual(crash(4));
  });
});

test('of several troubles the worst is told', () => {
  const pods = [pod(waiting('CrashLoopBackOff'), {}, 'a'), pod(waiting('ErrImagePull'), {}, 'b')];
  expect(worstTrouble(pods)?.reason).toBe('ImagePullFailed');
});
