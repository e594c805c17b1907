import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { OtlpReceiver } from '../otlp/receiver.fixture.ts';
import { Program } from '../testing/program.fixture.ts';
import { openKernel } from './index.ts';

/** `prog 12`, `map 34` and `link 56` of everything a process holds in the kernel. */
function heldBy(pid: number): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).flatMap((fd) =>
    [...readFileSync(`${folder}/${fd}`, 'utf8').matchAll(/^(prog|map|link)_id:\s+(\d+)$/gm)].map(
      ([, kind, id]) => `${kind} ${id}`,
    ),
  );
}

const isThere = (thing: string) => spawnSync('bpftool', thing.split(' ').toSpliced(1, 0, 'show', 'id')).status === 0;

/** What is still in the kernel: it frees things a moment later, when no CPU can be inside any more. */
function leftOf(held: readonly string[]): readonly string[] {
  let left = held;
  for (const end = performance.now() + 30_000; left.length > 0 && performance.now() < end;) left = left.filter(isThere);
  return left;
}

async function requests(count: number, path = '/again'): Promise<void> {
  const server = http.createServer((_, response) => response.end('ok'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < count; i++) {
    const { port } = server.address() as AddressInfo;
    const request = http.get({ port, host: '127.0.0.1', agent, path });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
  }
  agent.destroy();
  server.close();
}

test('an agent that is killed leaves nothing in the kernel, and the next one counts from zero and exactly', async () => {
  const holder = fork(join(import.meta.dirname, 'kernel-holder.fixture.ts'), {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await once(holder, 'message');
  await requests(3);
  const held = heldBy(holder.pid ?? 0);
  expect(new Set(held.map((thing) => thing.split(' ')[0]))).toEqual(new Set(['prog', 'map', 'link']));
  expect(held.filter(isThere)).toEqual(held);
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  expect(leftOf(held)).toEqual([]);

  const kernel = openKernel({ watchProcesses: false });
  try {
    expect([kernel.targets().size, kernel.readRed()]).toEqual([0, []]);
    kernel.setTarget(process.pid, { serviceId: 1 });
    await requests(5);
    kernel.removeTarget(process.pid);
    expect(
      kernel
        .readRed()
        .map(({ serviceId, side, count }) => [serviceId, side, count])
        .sort(),
    ).toEqual([
      [1, 'client', 5n],
      [1, 'server', 5n],
    ]);
  } finally {
    kernel.close();
  }
}, 120_000);

describe('the agent itself, following this test', () => {
  let receiver: OtlpReceiver;
  let agent: Program;

  beforeEach(async () => {
    receiver = await OtlpReceiver.start();
    const flags = `--local --json --pid ${process.pid} --percent 100 --interval 1h --otlp ${receiver.endpoint}`;
    agent = new Program(join(import.meta.dirname, '../testing/agent-program.fixture.ts'), flags.split(' '));
    const follows = () => receiver.spans.some(({ name }) => name.endsWith('/early'));
    for (const end = performance.now() + 60_000; !follows() && performance.now() < end;) {
      agent.mustRun();
      await requests(1, '/early');
      await receiver.until(follows, 1_000).catch(() => undefined);
    }
  }, 90_000);
  afterEach(async () => {
    await agent.stop('SIGKILL');
    receiver.stop();
  });

  test('told to end by SIGTERM, it delivers what it has counted, and leaves nothing in the kernel', async () => {
    const held = heldBy(agent.pid);
    expect(held.filter(isThere)).toEqual(held);
    await requests(5, '/last');
    await agent.stop('SIGTERM');
    const last = (side: string, key: string) => receiver.count(`http.${side}.request.duration`, { [key]: '/last' });
    expect([last('server', 'http.route'), last('client', 'url.template')]).toEqual([5, 5]);
    expect(receiver.spans.filter(({ name }) => name.endsWith('/last'))).toHaveLength(10);
    expect(leftOf(held)).toEqual([]);
  }, 60_000);

  test('killed, it leaves nothing in the kernel either', async () => {
    const held = heldBy(agent.pid);
    expect(held.length).toBeGreaterThan(10);
    await agent.stop('SIGKILL');
    expect(leftOf(held)).toEqual([]);
  }, 60_000);
});
