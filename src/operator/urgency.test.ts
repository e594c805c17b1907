import { expect, test } from '@jest/globals';
import type { Live } from '../kube/index.ts';
import { urgencyOf, type Urgency } from './urgency.ts';

const live = (kind: string, fields: object = {}, metadata: object = {}): Live => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a', uid: 'u', resourceVersion: '1', ...metadata },
  ...fields,
});
const set = { spec: { replicas: 1 }, status: { readyReplicas: 0 } };
const later = { resourceVersion: '2' };

test.each<[string, Urgency, Live, Live]>([
  [
    'counts of a workload',
    'soon',
    live('StatefulSet', set),
    live('StatefulSet', { ...set, status: { readyReplicas: 1 } }, later),
  ],
  ['an edit of a workload', 'now', live('StatefulSet', set), live('StatefulSet', { ...set, spec: {} }, later)],
  [
    'an edit that comes with counts',
    'now',
    live('StatefulSet', set),
    live('StatefulSet', { spec: {}, status: { readyReplicas: 1 } }, later),
  ],
  [
    'a label of a workload',
    'now',
    live('StatefulSet', set),
    live('StatefulSet', set, { ...later, labels: { a: 'b' } }),
  ],
  ['data', 'now', live('ConfigMap', { data: { a: '1' } }), live('ConfigMap', { data: { a: '2' } }, later)],
  ['a pod', 'soon', live('Pod'), live('Pod', {}, later)],
  [
    'a spec',
    'now',
    live('ObservabilityStack', { spec: {} }),
    live('ObservabilityStack', { spec: { size: 'dev' } }, later),
  ],
])('%s: %s', (_what, urgency, before, after) => {
  expect(urgencyOf({ kind: 'changed', before, live: after })).toBe(urgency);
});

test('what is gone is put back at once, and a stack that appears waits for those that were begun', () => {
  expect(urgencyOf({ kind: 'removed', live: live('StatefulSet', set) })).toBe('now');
  expect(urgencyOf({ kind: 'removed', live: live('ObservabilityStack') })).toBe('now');
  expect(urgencyOf({ kind: 'added', live: live('ObservabilityStack') })).toBe('new');
});
