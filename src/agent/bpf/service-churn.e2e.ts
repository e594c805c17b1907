import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { maxServices, openKernel, type Kernel, type Policy } from './index.ts';

// Ten thousand services with two routes each, all of them this process under another id: more than the kernel has room for.
const services = 10_000;
const everything: Policy = {
  keepErrors: true,
  slowerThanNs: 0n,
  threshold: 1n << 56n,
  keptPerSecond: 0,
  captureRequestBytes: 0,
};

let kernel: Kernel;
let server: http.Server;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  server = http.createServer((_, response) => response.end('ok'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  kernel = openKernel({ watchProcesses: false });
});
afterAll(() => {
  kernel.close();
  agent.destroy();
  server.close();
});

async function ask(path: string): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const request = http.get({ port, host: '127.0.0.1', agent, path });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
}

/** A name without digits, which would be folded to {id}. */
function letters(n: number): string {
  return [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
}

test('10,000 services come and go: what they hold stays bounded, every exchange is counted once', async () => {
  let counted = 0n;
  let removed = 0n;
  let mostRows = 0;
  for (let n = 0; n < services; n++) {
    const serviceId = 1 + (n % (maxServices - 1));
    kernel.setPolicy(serviceId, everything);
    kernel.setTarget(process.pid, { serviceId });
    await ask(`/first/${letters(n)}`);
    await ask(`/second/${letters(n)}`);
    kernel.removeTarget(process.pid);
    const rows = kernel.readRed();
    mostRows = Math.max(mostRows, rows.length);
    const own = rows.filter((row) => row.serviceId === serviceId);
    expect(own.map((row) => kernel.routeText(row.routeHash)).sort()).toEqual(
      ['/first/', '/first/', '/second/', '/second/'].map((path) => path + letters(n)),
    );
    counted += own.reduce((sum, row) => sum + row.count, 0n);
    removed += kernel.removeService(serviceId);
  }
  expect({ counted, removed }).toEqual({ counted: 4n * BigInt(services), removed: 4n * BigInt(services) });
  expect(mostRows).toBe(4);
  expect(kernel.readRed()).toEqual([]);
  expect(kernel.readOverflow()).toEqual([]);
  expect(kernel.readCoverage()).toEqual([]);
  expect(kernel.readHealth()).toMatchObject({ redFull: 0n, routesFull: 0n });
}, 300_000);

test('what others still use stays: a name two services have, and the other service', async () => {
  for (const serviceId of [1, 2]) {
    kernel.setTarget(process.pid, { serviceId });
    await ask('/shared');
  }
  kernel.removeTarget(process.pid);
  expect(kernel.removeService(1)).toBe(2n);
  const left = kernel.readRed().map((row) => [row.serviceId, row.side, kernel.routeText(row.routeHash), row.count]);
  expect(left.sort()).toEqual([
    [2, 'client', '/shared', 1n],
    [2, 'server', '/shared', 1n],
  ]);
  kernel.removeService(2);
});

test('totals that found no row go with their service', async () => {
  kernel.close();
  kernel = openKernel({ watchProcesses: false, redRows: 2 });
  kernel.setTarget(process.pid, { serviceId: 3 });
  for (const path of ['/a', '/b', '/c']) await ask(path);
  kernel.removeTarget(process.pid);
  expect(kernel.readOverflow().reduce((sum, row) => sum + row.count, 0n)).toBe(4n);
  expect(kernel.removeService(3)).toBe(6n);
  expect([kernel.readRed(), kernel.readOverflow()]).toEqual([[], []]);
});
