import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { Agent } from '../agent.ts';
import { FakeKernel } from '../kernel.fixture.ts';
import { FakeProc } from '../process/proc.fixture.ts';
import { localConfig } from './local-config.ts';
import { LocalView } from './local-view.ts';

let nowMs = 0;
const clock: Clock = { ...systemClock, now: () => nowMs };
const wish = { pids: [], ports: [], executables: ['/srv/*'], otlp: '', percent: 0, slowerThanMs: 0, intervalMs: 3.6e6 };

let proc: FakeProc;
let kernel: FakeKernel;
let agent: Agent;
let view: LocalView;

beforeEach(() => {
  proc = new FakeProc();
  proc.add({ pid: 100, executable: '/srv/shop' });
  proc.add({ pid: 200, executable: '/srv/cart' });
  kernel = new FakeKernel();
  const place = { procRoot: proc.root, ownPid: 1, version: '1', maxServices: 8, jitter: () => 0 };
  agent = new Agent({ config: localConfig(wish), kernel, clock, log: createLog('agent', 'silent'), ...place });
  agent.start();
  view = new LocalView(agent, kernel, 'executable /srv/*', false, nowMs);
});
afterEach(async () => {
  await agent.stop();
  proc.delete();
});

/** A process ends, and the agent lets go of its service. */
function end(pid: number): void {
  proc.remove(pid);
  kernel.control({ kind: 'exit', tgid: pid, selected: true, atNs: 0n });
  for (let times = 0; times < 3; times++) {
    nowMs += 5 * 60_000;
    agent.exportMetrics();
  }
}
const serve = (tgid: number, times: number, scene: object = {}) => {
  for (let i = 0; i < times; i++) kernel.exchange({ tgid, path: '/a', ...scene });
};
const shown = () =>
  view.look((nowMs += 1_000)).routes.map(({ service, requests, errors }) => `${service} ${requests} ${errors}`);

test('a service that is gone leaves its totals, and adds to them when it comes back', () => {
  serve(100, 7);
  serve(100, 2, { status: 500, durationMs: 40 });
  serve(200, 3);
  const before = view.look(nowMs);
  end(100);
  expect(kernel.readRed().map((row) => agent.discovery.services.get(row.serviceId)?.name)).toEqual(['cart']);
  const after = view.look((nowMs += 1_000));
  const total = (line: (typeof after.routes)[number]) => ({ ...line, rate: 0 });
  expect(after.routes.map(total)).toEqual(before.routes.map(total));
  expect(after.routes.map(({ rate }) => rate)).toEqual([0, 0]);
  expect([before.coverage, after.coverage]).toEqual([0.9, 0.9]);
  proc.add({ pid: 300, executable: '/srv/shop' });
  agent.discovery.scan();
  serve(300, 5);
  expect(shown()).toEqual(['shop 14 2', 'cart 3 0']);
  end(300);
  expect(shown()).toEqual(['shop 14 2', 'cart 3 0']);
});

test('whoever gets the id of one that is gone begins at nothing', () => {
  serve(100, 7);
  end(100);
  for (let pid = 300; pid < 310; pid++) {
    proc.add({ pid, executable: `/srv/job-${pid}` });
    agent.discovery.scan();
    serve(pid, 1);
    end(pid);
  }
  expect(new Set(shown())).toEqual(
    new Set(['shop 7 0', ...Array.from({ length: 10 }, (_, i) => `job-${300 + i} 1 0`)]),
  );
});
