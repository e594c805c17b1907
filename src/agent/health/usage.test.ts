import { expect, test } from '@jest/globals';
import { ownUsage } from './usage.ts';

test('a busy process uses about a core of the time it was busy, and none of the time after', () => {
  let waitedMs = 0;
  const read = ownUsage(() => performance.now() + waitedMs);
  const cpu = process.cpuUsage();
  const spentMs = () => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1e3;
  };
  const began = performance.now();
  while (spentMs() < 50);
  const share = spentMs() / (performance.now() - began);
  const busy = read();
  expect(busy.cpuCores / share).toBeGreaterThan(0.8);
  expect(busy.cpuCores / share).toBeLessThan(1.3);
  expect(busy.memoryBytes).toBeGreaterThan(10 * 2 ** 20);
  waitedMs = 60_000;
  expect(read().cpuCores).toBeLessThan(0.1);
});
