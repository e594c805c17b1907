import { expect, test } from '@jest/globals';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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

async function requests(count: number): Promise<void> {
  const server = http.createServer((_, response) => response.end('ok'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < count; i++) {
    const request = http.get({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      agent,
      path: '/again',
    });
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
  // The kernel frees them a moment later, when no CPU can be inside any more.
  let left = held;
  for (const end = performance.now() + 30_000; left.length > 0 && performance.now() < end;) left = left.filter(isThere);
  expect(left).toEqual([]);

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
