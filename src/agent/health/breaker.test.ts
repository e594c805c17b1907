import { expect, test } from '@jest/globals';
import { Breaker, steps } from './breaker.ts';

const budget = { cpuCores: 0.2, memoryBytes: 100 };
const calm = { cpuCores: 0.01, memoryBytes: 10 };
const busy = { cpuCores: 0.5, memoryBytes: 10 };
const looks = (breaker: Breaker, usage: typeof busy, times: number) =>
  Array.from({ length: times }, () => breaker.look(usage, budget)).filter(Boolean).length;

test('it lowers the share, then capture, then spans, then protocols, and gives all of it back', () => {
  const breaker = new Breaker();
  const names: string[] = [];
  for (let i = 0; i < 20; i++) if (breaker.look(busy, budget)) names.push(breaker.step.name);
  expect(names).toEqual(['quarter-share', 'no-share', 'no-capture', 'no-spans', 'shed-http']);
  names.length = 0;
  for (let i = 0; i < 60; i++) if (breaker.look(calm, budget)) names.push(breaker.step.name);
  expect(names).toEqual(['no-spans', 'no-capture', 'no-share', 'quarter-share', 'normal']);
});

test('one busy moment changes nothing', () => {
  const breaker = new Breaker();
  expect(looks(breaker, busy, 1) + looks(breaker, calm, 1) + looks(breaker, busy, 1)).toBe(0);
});

test('between the two limits it stays where it is, whatever the time', () => {
  const breaker = new Breaker();
  looks(breaker, busy, 2);
  expect(looks(breaker, { cpuCores: 0.17, memoryBytes: 0 }, 100)).toBe(0);
  expect(breaker.step.name).toBe('quarter-share');
});

test('memory counts like time does', () => {
  const breaker = new Breaker();
  expect(looks(breaker, { cpuCores: 0, memoryBytes: 101 }, 2)).toBe(1);
});

test('without a budget nothing is ever shed', () => {
  const breaker = new Breaker();
  for (let i = 0; i < 50; i++) breaker.look({ cpuCores: 99, memoryBytes: 1e12 }, { cpuCores: 0, memoryBytes: 0 });
  expect(breaker.step).toBe(steps[0]);
});
