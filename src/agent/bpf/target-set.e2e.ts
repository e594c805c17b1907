import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BpfMap } from './bpf-map.ts';
import * as layout from './layout.gen.ts';
import { loadProbes, type Probes } from './probes.ts';
import { TargetSet } from './target-set.ts';

const room = 16_384;
/** Beyond every process id, so that nobody is followed. */
const nobody = 5_000_000;

let probes: Probes;
let targets: TargetSet;
beforeEach(() => {
  probes = loadProbes('T1', { watchProcesses: false });
  targets = new TargetSet(probes.descriptors, probes.processIds);
});
afterEach(() => {
  targets.close();
  probes.close();
});

test('a full table takes no more, says so and counts it; who is in it may still change, and who leaves makes room', () => {
  const map = new BpfMap(probes.descriptors.get('targets') ?? -1, 4, layout.target.structSize, room);
  const keyOf = (id: number) => Buffer.from(Uint32Array.of(id).buffer);
  for (let i = 0; i < room; i++) map.set(keyOf(nobody + i), Buffer.alloc(layout.target.structSize, 1));
  expect(() => map.set(keyOf(nobody + room), Buffer.alloc(layout.target.structSize))).toThrow('E2BIG');
  expect([targets.set(process.pid, { serviceId: 1 }), targets.refused]).toEqual([false, 1]);
  expect(targets.all().has(process.pid)).toBe(false);
  map.delete(keyOf(nobody));
  expect([targets.set(process.pid, { serviceId: 1 }), targets.set(process.pid, { serviceId: 2 })]).toEqual([
    true,
    true,
  ]);
  expect([targets.all().get(process.pid), targets.refused]).toEqual([{ serviceId: 2 }, 1]);
});

test('a process that ended is a target no longer once it is taken out, though nothing in /proc has its id', async () => {
  const sleeper = spawn('sleep', ['60']);
  const pid = sleeper.pid ?? 0;
  targets.set(pid, { serviceId: 1 });
  const ended = once(sleeper, 'exit');
  sleeper.kill();
  await ended;
  expect([...targets.all().keys()]).toEqual([pid]); // nothing watches processes here: as if its end had come first
  targets.delete(pid);
  expect([...targets.all().keys()]).toEqual([]);
});
