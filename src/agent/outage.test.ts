import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { Agent } from './agent.ts';
import { parseConfig } from './config/index.ts';
import { FakeKernel } from './kernel.fixture.ts';
import { OtlpReceiver } from './otlp/receiver.fixture.ts';
import { FakeProc } from './process/proc.fixture.ts';
import { freePort } from './testing/free-port.fixture.ts';

/** Pauses between tries pass quickly. */
const clock: Clock = { now: () => systemClock.now(), sleep: (ms, signal) => systemClock.sleep(ms / 10, signal) };

let proc: FakeProc;
let kernel: FakeKernel;
let agent: Agent;
let port: number;
let receiver: OtlpReceiver;

beforeEach(async () => {
  proc = new FakeProc();
  proc.add({ pid: 100, executable: '/srv/shop' });
  kernel = new FakeKernel();
  port = await freePort();
  receiver = await OtlpReceiver.start(port);
  const parsed = parseConfig(
    JSON.stringify({
      otlp: { endpoint: receiver.endpoint },
      interval: '200ms',
      discovery: { pids: [100] },
      sampling: { baselinePercent: 0 },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const log = createLog('agent', 'silent');
  const place = { procRoot: proc.root, ownPid: 1, version: '1', maxServices: 8, jitter: () => 0.5 };
  agent = new Agent({ config: parsed.value, kernel, clock, log, ...place });
  agent.start();
});
afterEach(async () => {
  await agent.stop();
  receiver.stop();
  proc.delete();
});

const sample = (name: string) => new Map(agent.samples()).get(name) ?? 0;
const counted = () => receiver.count('http.server.request.duration', { 'service.name': 'shop' });
/** Requests that fail and are kept for it, each with its number in its path. */
function fail(first: number, count: number, pathBytes = 0): void {
  const rest = 'x'.repeat(pathBytes);
  for (let i = first; i < first + count; i++)
    kernel.exchange({ tgid: 100, path: '/{id}', status: 500, head: `GET /${i}/${rest} HTTP/1.1\r\n\r\n` });
}
const numbers = (received: OtlpReceiver) =>
  received.spans.map((span) => Number(String(span.attributes['url.path']).split('/')[1])).sort((a, b) => a - b);
const upTo = (end: number, first = 0) => Array.from({ length: end - first }, (_, i) => first + i);

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('not within 20 s');
    await systemClock.sleep(20);
  }
}

test('what happens while the receiver is away arrives when it is back: every span once, every count exact', async () => {
  fail(0, 20);
  await receiver.until(() => receiver.spans.length === 20 && counted() === 20);
  const before = receiver;
  before.stop();
  fail(20, 30);
  const tried = (signal: string) => sample(`otlp_retries_total{signal="${signal}"}`);
  await until(() => tried('traces') >= 2 && tried('metrics') >= 2);
  receiver = await OtlpReceiver.start(port);
  fail(50, 10);
  await receiver.until(() => receiver.spans.length >= 40 && counted() === 60);
  expect([numbers(before), numbers(receiver)]).toEqual([upTo(20), upTo(60, 20)]);
  const starts = [before, receiver].flatMap(({ points }) =>
    points.filter(({ metric }) => metric === 'http.server.request.duration').map((point) => point.startTimeUnixNano),
  );
  expect(new Set(starts).size).toBe(1);
  expect([...agent.samples()].filter(([name]) => name.startsWith('otlp_dropped_total'))).toEqual([]);
}, 30_000);

test('beyond what may wait the oldest spans go, and each of them is counted; no count of requests is lost', async () => {
  receiver.stop();
  const batch = 1_500;
  const dropped = () => sample('otlp_dropped_total{signal="traces",reason="queue_full"}');
  // The first is on its way when the others come; one of those has room.
  const steps = [
    () => sample('otlp_retries_total{signal="traces"}') > 0,
    () => sample('otlp_queue_bytes{signal="traces"}') > 0,
    () => dropped() > 0,
  ];
  for (const [index, done] of steps.entries()) {
    fail(index * batch, batch, 4_000);
    await until(done);
  }
  receiver = await OtlpReceiver.start(port);
  await receiver.until(() => receiver.spans.length + dropped() >= 3 * batch && counted() === 3 * batch, 30_000);
  const arrived = numbers(receiver);
  const missing = upTo(3 * batch).filter((number) => !arrived.includes(number));
  expect(missing).toHaveLength(dropped());
  expect(missing).toEqual(upTo((missing[0] ?? 0) + dropped(), missing[0]));
  expect([arrived.length, arrived[0], arrived.at(-1)]).toEqual([3 * batch - dropped(), 0, 3 * batch - 1]);
}, 90_000);
