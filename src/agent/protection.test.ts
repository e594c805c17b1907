import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { Agent } from './agent.ts';
import { parseConfig } from './config/index.ts';
import type { Usage } from './health/index.ts';
import { FakeKernel } from './kernel.fixture.ts';
import { thresholdOf } from './policy.ts';
import { FakeProc } from './process/proc.fixture.ts';

const budget = { cpu: '200m', memory: '100Mi' };
const mebibytes = 2 ** 20;
const calm: Usage = { cpuCores: 0.01, memoryBytes: 10 * mebibytes };
const busy: Usage = { cpuCores: 0.5, memoryBytes: 10 * mebibytes };
const lookEveryMs = 5_000;

let proc: FakeProc;
let kernel: FakeKernel;
let agent: Agent;
let usage: Usage;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'performance', 'queueMicrotask', 'nextTick', 'setImmediate'] });
  proc = new FakeProc();
  kernel = new FakeKernel();
  usage = calm;
  proc.add({ pid: 100, executable: '/srv/shop' });
  const changes = { budget, discovery: { executables: ['/srv/*'] } };
  const sampling = { baselinePercent: 40, keep: { slowerThan: '500ms' } };
  const parsed = parseConfig(JSON.stringify({ otlp: { endpoint: 'http://127.0.0.1:9' }, sampling, ...changes }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  agent = new Agent({
    config: { ...parsed.value, otlp: { endpoint: '', headers: {} } },
    kernel,
    maxServices: 16,
    procRoot: proc.root,
    ownPid: 1,
    version: '0.1.0',
    clock: systemClock,
    usage: () => usage,
    jitter: () => 0.5,
    log: createLog('agent', 'silent'),
  });
  agent.start();
});
afterEach(async () => {
  jest.useRealTimers();
  await agent.stop();
  proc.delete();
});

const look = (times: number) => jest.advanceTimersByTime(times * lookEveryMs);

/** Share of ordinary requests kept, whether errors and slow ones are, bytes of the head, and who is followed. */
function seen(): unknown[] {
  const { threshold, keepErrors, slowerThanNs, captureRequestBytes } = [...kernel.policies.values()][0] ?? {};
  const share = [40, 10, 0].find((percent) => thresholdOf(percent) === threshold);
  return [share, keepErrors, slowerThanNs, captureRequestBytes, [...kernel.targets().keys()]];
}

const changes = () =>
  Object.fromEntries([...agent.samples()].filter(([sample]) => sample.startsWith('protection_changes_total')));

const inForce: readonly (readonly [string, readonly unknown[]])[] = [
  ['normal', [40, true, 500_000_000n, 256, [100]]],
  ['quarter-share', [10, true, 500_000_000n, 256, [100]]],
  ['no-share', [0, true, 500_000_000n, 256, [100]]],
  ['no-capture', [0, true, 500_000_000n, 0, [100]]],
  ['no-spans', [0, false, 0n, 0, [100]]],
  ['shed-http', [0, false, 0n, 0, []]],
];

test('over its budget the agent asks less and less of the kernel, and all of it again afterwards', () => {
  expect(seen()).toEqual(inForce[0]?.[1]);
  usage = busy;
  for (const [name, state] of inForce.slice(1)) {
    look(2);
    expect([agent.breaker.step.name, seen()]).toEqual([name, state]);
  }
  usage = calm;
  for (const [name, state] of inForce.slice(0, -1).toReversed()) {
    look(6);
    expect([agent.breaker.step.name, seen()]).toEqual([name, state]);
  }
  const twice = ['quarter-share', 'no-share', 'no-capture', 'no-spans'].map((name) => [name, 2]);
  expect(changes()).toEqual(
    Object.fromEntries(
      [...twice, ['shed-http', 1], ['normal', 1]].map(([name, times]) => [
        `protection_changes_total{step="${name}"}`,
        times,
      ]),
    ),
  );
});

test('who begins while nobody is followed is followed when it is over', () => {
  usage = busy;
  look(10);
  expect(agent.breaker.step.name).toBe('shed-http');
  proc.add({ pid: 200, executable: '/srv/cart' });
  kernel.control({ kind: 'exec', tgid: 200, comm: 'cart', selected: false, atNs: 0n });
  look(1);
  expect([...kernel.targets().keys()]).toEqual([]);
  usage = calm;
  look(6);
  expect([...kernel.targets().keys()]).toEqual([100, 200]);
});

test('the memory of the kernel maps is part of what the budget holds', () => {
  usage = { cpuCores: 0, memoryBytes: 60 * mebibytes };
  kernel.mapBytes = 39 * mebibytes;
  look(10);
  expect(agent.breaker.step.name).toBe('normal');
  kernel.mapBytes = 41 * mebibytes;
  look(2);
  expect(agent.breaker.step.name).toBe('quarter-share');
  expect([...agent.samples()]).toContainEqual(['memory_bytes', 101 * mebibytes]);
});
