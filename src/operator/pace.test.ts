import { expect, test } from '@jest/globals';
import type { StackStatus } from '../api/index.ts';
import { waitBeforeWrite } from './pace.ts';

const status = (ready: 'True' | 'False', more: Partial<StackStatus> = {}): StackStatus => ({
  observedGeneration: 1,
  conditions: [
    { type: 'Ready', status: ready, reason: 'R', message: '', lastTransitionTime: 't', observedGeneration: 1 },
  ],
  ...more,
});

test('the first status is written at once', () => {
  expect(waitBeforeWrite({}, status('False'), undefined, 1000)).toBe(0);
});

test('a new generation is acknowledged at once', () => {
  const pace = { writtenAt: 999, noticedAt: undefined };
  expect(waitBeforeWrite(status('True'), status('False', { observedGeneration: 2 }), pace, 1000)).toBe(0);
});

test('a verdict is written once it has stood for a quarter of a second', () => {
  expect(waitBeforeWrite(status('True'), status('False'), undefined, 1000)).toBe(250);
  expect(waitBeforeWrite(status('True'), status('False'), { writtenAt: -Infinity, noticedAt: 1000 }, 1250)).toBe(0);
});

test('counts alone wait a second, and no two writes are closer than that', () => {
  const counted = status('True', { components: [] });
  expect(waitBeforeWrite(status('True'), counted, { writtenAt: -Infinity, noticedAt: 1000 }, 1250)).toBe(750);
  expect(waitBeforeWrite(status('True'), status('False'), { writtenAt: 1000, noticedAt: 1100 }, 1350)).toBe(650);
});
