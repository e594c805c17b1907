import { expect, test } from '@jest/globals';
import type { Condition } from '../api/index.ts';
import { transitions } from './transitions.ts';

const condition = (type: string, status: Condition['status'], reason: string): Condition => {
  return { type, status, reason, message: 'm', lastTransitionTime: 't', observedGeneration: 1 };
};
const ready = [condition('Ready', 'True', 'AllReady'), condition('TracesReady', 'True', 'Available')];

test('nothing is told while nothing moves', () => {
  expect(transitions(ready, ready)).toEqual([]);
});

test('what breaks is told once, by its own condition and not by the summary', () => {
  const broken = [condition('Ready', 'False', 'CrashLooping'), condition('TracesReady', 'False', 'CrashLooping')];
  expect(transitions(ready, broken)).toEqual([{ type: 'Warning', reason: 'CrashLooping', message: 'TracesReady: m' }]);
  expect(transitions(broken, broken)).toEqual([]);
});

test('another reason is another story, and recovery is told', () => {
  const crashing = [condition('Ready', 'False', 'CrashLooping'), condition('TracesReady', 'False', 'CrashLooping')];
  const pulling = [
    condition('Ready', 'False', 'ImagePullFailed'),
    condition('TracesReady', 'False', 'ImagePullFailed'),
  ];
  expect(transitions(crashing, pulling).map((e) => e.reason)).toEqual(['ImagePullFailed']);
  expect(transitions(pulling, ready)).toEqual([{ type: 'Normal', reason: 'Ready', message: 'm' }]);
});

test('a rollout is no news', () => {
  const rolling = [condition('Ready', 'False', 'Progressing'), condition('TracesReady', 'False', 'Progressing')];
  expect(transitions(ready, rolling)).toEqual([]);
});
