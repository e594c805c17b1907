import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import type { ControlEvent, KeptExchange } from './index.ts';
import { openKernel, type Kernel, type Policy } from './index.ts';
import { ShapesServer, countsOf, runClient, type Counts } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';

const server = 1;
const client = 2;
const keepNothing: Policy = {
  keepErrors: false,
  slowerThanNs: 0n,
  threshold: 1n << 56n,
  keptPerSecond: 0,
  captureRequestBytes: 256,
};

const { program } = shapesOfFile();
let kernel: Kernel;
let kept: KeptExchange[];
let events: ControlEvent[];

beforeEach(() => {
  kernel = openKernel({ watchProcesses: false, pollEveryMs: 20 });
  kept = [];
  events = [];
  kernel.onKept((exchange) => kept.push(exchange));
  kernel.onControl((event) => events.push(event));
});
afterEach(() => kernel.close());

type Shape = readonly (string | number)[];

/** Runs shapes against a fresh server, both selected. @returns what the server says it answered. */
async function run(...shapes: readonly Shape[]): Promise<Counts> {
  return runTogether(...shapes.map((shape) => [shape]));
}

/** The same with groups of shapes, those of a group at the same time. */
async function runTogether(...groups: readonly (readonly Shape[])[]): Promise<Counts> {
  const target = await ShapesServer.start(program);
  kernel.setTarget(target.pid, { serviceId: server });
  const ask = (shape: Shape) =>
    runClient(program, target.port, shape, (pid) => kernel.setTarget(pid, { serviceId: client }));
  for (const group of groups) await Promise.all(group.map(ask));
  const truth = await target.stop();
  /* Closes are settled by the poll after the one that reads them. */
  for (let i = 0; i < 3; i++) kernel.poll();
  return truth;
}

function counted(serviceId: number): Counts {
  return countsOf(kernel.readRed(), serviceId, (hash) => kernel.routeText(hash));
}

describe('every exchange is counted once, at both ends, whatever the sockets are put through', () => {
  const million = ['/plain', '/orders/17', '/status/404', '/status/503'];

  test.each<[string, Shape, ...Shape[]]>([
    [
      'keep-alive, a million requests on 64 connections, four routes and statuses at once',
      ['keepalive', 16, 15_625, million[0] as string],
      ...million.slice(1).map((path): Shape => ['keepalive', 16, 15_625, path]),
    ],
    ['a connection each', ['fresh', 1000]],
    ['pipelining 1 deep', ['pipeline', 1, 200]],
    ['pipelining 2 deep', ['pipeline', 2, 200]],
    ['pipelining 8 deep', ['pipeline', 8, 200]],
    ['heads cut in two after every byte, and into single bytes', ['split']],
    ['heads and bodies in vectors of 1 to 79 bytes, by writev, sendmsg, sendmmsg', ['vectors']],
    ['bodies from 0 to 10,000,000 bytes, chunked, by sendfile, HEAD, 204, 304, 400 statuses', ['bodies', 400]],
    ['a thread that writes and a thread that reads, 1 at a time', ['duplex', 1, 20_000]],
    ['a thread that writes and a thread that reads, up to 6 ahead', ['duplex', 6, 20_000]],
    ['100-continue', ['continue', 50]],
    ['answers that end with the connection, and connections without an answer', ['close', 100]],
    ['a last message that is read together with the end of its connection', ['last', 120]],
  ])(
    '%s',
    async (_, ...together) => {
      const truth = await runTogether(together);
      const { connectionsBlind, connectionsSlow, unparsed, orphanResponses, recursionMisses } = kernel.readHealth();
      const reasons = { connectionsBlind, connectionsSlow, unparsed, orphanResponses, recursionMisses };
      expect({ server: counted(server), client: counted(client), reasons }).toEqual({
        server: truth,
        client: truth,
        reasons: { connectionsBlind: 0n, connectionsSlow: 0n, unparsed: 0n, orphanResponses: 0n, recursionMisses: 0n },
      });
      expect(kernel.readCoverage().every((row) => row.parsed > 0n && row.blind + row.unknown + row.slow === 0n)).toBe(
        true,
      );
    },
    60_000,
  );

  test.each([9, 20, 64])(
    'pipelining %i deep, where the kernel has no room and userland follows the bytes',
    async (depth) => {
      const truth = await run(['pipeline', depth, 50]);
      expect(counted(server)).toEqual(truth);
      expect(counted(client)).toEqual(truth);
      expect(kernel.readHealth()).toMatchObject({ connectionsSlow: 2n, slowFifoFull: 2n, slowLost: 0n });
      expect(events.filter((event) => event.kind === 'mode')).toHaveLength(2);
    },
    60_000,
  );

  test('a node server and a node client on one agent', async () => {
    const child = fork(join(import.meta.dirname, 'node-server.fixture.ts'));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    kernel.setTarget(child.pid ?? 0, { serviceId: server });
    kernel.setTarget(process.pid, { serviceId: client });
    await nodeClient(port, 3000);
    kernel.removeTarget(process.pid);
    child.send('counts');
    const [{ counts }] = (await once(child, 'message')) as [{ counts: Counts }];
    await stop(child);
    expect(counted(server)).toEqual(counts);
    expect(counted(client)).toEqual(counts);
  }, 60_000);
});

/** 16 requests at a time over keep-alive connections. */
async function nodeClient(port: number, requests: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const paths = ['/orders/17', '/big', '/error', '/missing'];
  const one = async (i: number) => {
    const method = i % 5 === 0 ? 'POST' : 'GET';
    const request = http.request({ port, host: '127.0.0.1', agent, path: paths[i % 4] ?? '/', method });
    request.end(method === 'POST' ? 'x'.repeat(i % 9000) : undefined);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
  };
  let next = 0;
  const worker = async () => {
    while (next < requests) await one(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'exit');
  child.kill();
  await closed;
}

describe('only what was selected is seen', () => {
  test('an unselected server and client leave no row, no connection and no byte', async () => {
    const target = await ShapesServer.start(program);
    await runClient(program, target.port, ['keepalive', 4, 500], () => {});
    await target.stop();
    kernel.poll();
    expect(kernel.readRed()).toEqual([]);
    expect(kernel.readCoverage()).toEqual([]);
    expect(kernel.readHealth()).toMatchObject({ sends: 0n, receives: 0n, connections: 0n });
  });

  test('exchanges that begin after a target is added mid-connection are counted, earlier ones are not', async () => {
    const child = fork(join(import.meta.dirname, 'node-server.fixture.ts'));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const request = http.get({ port, host: '127.0.0.1', agent, path: '/big' });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.resume();
      await once(response, 'end');
    };
    for (let i = 0; i < 5; i++) await ask();
    kernel.setTarget(child.pid ?? 0, { serviceId: server });
    for (let i = 0; i < 7; i++) await ask();
    kernel.removeTarget(child.pid ?? 0);
    for (let i = 0; i < 3; i++) await ask();
    kernel.setTarget(child.pid ?? 0, { serviceId: server });
    for (let i = 0; i < 2; i++) await ask();
    agent.destroy();
    await stop(child);
    expect(counted(server)).toEqual({ 'GET 200 /big': 9 });
  }, 30_000);

  test('a child inherits its parent’s target, and exit takes it away', async () => {
    kernel.setTarget(process.pid, { serviceId: client });
    const child = fork(join(import.meta.dirname, 'node-server.fixture.ts'));
    await once(child, 'message');
    const pid = child.pid ?? 0;
    expect(kernel.targets().get(pid)).toEqual({ serviceId: client });
    await stop(child);
    kernel.poll();
    expect(kernel.targets().has(pid)).toBe(false);
    const mine = events.filter((event) => 'tgid' in event && event.tgid === pid).map((event) => event.kind);
    expect(mine.filter((kind) => kind !== 'close')).toEqual(['fork', 'exec', 'exit']);
    kernel.removeTarget(process.pid);
  }, 30_000);
});

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

function traceIds(serviceId: number): Set<string> {
  return new Set(kept.filter((exchange) => exchange.serviceId === serviceId).map((exchange) => exchange.traceId));
}

function linkKey(e: KeptExchange, from: KeptExchange['local'], to: KeptExchange['local']): string {
  return `${from.address}:${from.port} ${to.address}:${to.port} ${e.requestSequence} ${e.traceId} ${e.method} ${e.status}`;
}

describe('the policy decides in the kernel which exchanges are kept', () => {
  test('every error, nothing else, with the beginning of the request', async () => {
    kernel.setPolicy(server, { ...keepNothing, keepErrors: true });
    const truth = await run(['bodies', 400], ['keepalive', 2, 50]);
    const errors = Object.entries(truth).filter(([key]) => /^\S+ 5/.test(key));
    expect(kept).toHaveLength(errors.reduce((sum, [, count]) => sum + count, 0));
    expect(kept.every((exchange) => exchange.verdict === 'error' && exchange.status >= 500)).toBe(true);
    expect(text(kept[0]?.requestHead)).toMatch(/^DELETE \/status\/500 HTTP\/1.1\r\nHost: shapes\r\n/);
  }, 60_000);

  test('a share of the trace ids, the same ones at both ends, within the binomial interval', async () => {
    const share = { ...keepNothing, threshold: ((1n << 56n) * 9n) / 10n };
    kernel.setPolicy(server, share);
    kernel.setPolicy(client, share);
    await run(['keepalive', 8, 2500]);
    const [atServer, atClient] = [traceIds(server), traceIds(client)];
    /* 20,000 draws at 10 %: 99.9 % lie within 3.29 standard deviations of 42.4. */
    expect(Math.abs(atServer.size - 2000)).toBeLessThan(140);
    expect(atClient).toEqual(atServer);
    const health = kernel.readHealth();
    expect(health.keptShare + health.notKept + health.notKeptLimited + health.keptRingFull).toBe(40_000n);
  }, 60_000);

  test('both ends of an exchange carry the same sequence number and mirror each other’s addresses', async () => {
    kernel.setPolicy(server, { ...keepNothing, threshold: 0n });
    kernel.setPolicy(client, { ...keepNothing, threshold: 0n });
    await run(['keepalive', 4, 500], ['vectors'], ['pipeline', 8, 20], ['pipeline', 20, 20]);
    const servers = kept.filter((e) => e.side === 'server').map((e) => linkKey(e, e.remote, e.local));
    const clients = kept.filter((e) => e.side === 'client').map((e) => linkKey(e, e.local, e.remote));
    expect(servers).toHaveLength(2000 + 316 + 160 + 400);
    expect(new Set(servers).size).toBe(servers.length);
    expect(clients.sort()).toEqual(servers.sort());
  }, 60_000);

  test('a cap on kept exchanges, whatever happens, and the rest in the flight recorder', async () => {
    kernel.setPolicy(server, { ...keepNothing, threshold: 0n, keptPerSecond: 100 });
    await run(['keepalive', 4, 1000]);
    const health = kernel.readHealth();
    expect(kept.length).toBeLessThan(400);
    expect(kept.length).toBeGreaterThan(50);
    expect(health.notKeptLimited + BigInt(kept.length)).toBe(4000n);
    const flightSince = (sinceNs: bigint) => {
      const endNs = process.hrtime.bigint();
      const all = kernel.scanFlight(sinceNs, endNs).takeDuring(0n, endNs);
      return all.filter((summary) => summary.serviceId === server);
    };
    const flight = flightSince(0n);
    const place = (e: { socket: bigint; requestSequence: number }) => `${e.socket} ${e.requestSequence}`;
    const middle = flight.map((summary) => summary.lastNs).sort((a, b) => (a < b ? -1 : 1))[500] ?? 0n;
    const newer = flightSince(middle);
    expect(newer.map(place).sort()).toEqual(
      flight
        .filter(({ lastNs }) => lastNs >= middle)
        .map(place)
        .sort(),
    );
    expect(flight.length).toBeGreaterThan(1000);
    expect(flight.every((summary) => summary.status === 200 && summary.firstNs >= summary.startNs)).toBe(true);
  }, 60_000);
});

test('connections that userland follows are limited too, and what they do not keep is remembered', async () => {
  kernel.setPolicy(server, { ...keepNothing, threshold: 0n, keptPerSecond: 10 });
  await run(['pipeline', 20, 50]);
  const { slowExchanges, notKeptLimited } = kernel.readHealth();
  expect(slowExchanges).toBeGreaterThan(1000n);
  expect(notKeptLimited + BigInt(kept.length)).toBe(1000n);
  const now = process.hrtime.bigint();
  const flight = kernel.scanFlight(0n, now).takeDuring(0n, now);
  expect(flight.filter(({ serviceId }) => serviceId === server)).toHaveLength(Number(notKeptLimited));
}, 60_000);

describe('counts stay exact when something is full', () => {
  test('more series than rows: the overflow totals have the rest', async () => {
    kernel.close();
    kernel = openKernel({ watchProcesses: false, redRows: 32 });
    const truth = await run(['bodies', 400]);
    const total = Object.values(truth).reduce((sum, count) => sum + count, 0);
    const rows = kernel.readRed().reduce((sum, row) => sum + row.count, 0n);
    const overflow = kernel.readOverflow().reduce((sum, row) => sum + row.count, 0n);
    expect(rows + overflow).toBe(BigInt(2 * total));
    expect(kernel.readHealth().redFull).toBe(overflow);
    const byClass = kernel.readOverflow().filter((row) => row.serviceId === server && row.statusClass === 5);
    expect(byClass).toHaveLength(1);
  }, 60_000);

  test('nobody reads the ring: kept, lost and not kept add up', async () => {
    kernel.close();
    kernel = openKernel({ watchProcesses: false, pollEveryMs: 0, keptRingBytes: 64 << 10 });
    kernel.setPolicy(server, { ...keepNothing, threshold: 0n });
    const truth = await run(['keepalive', 2, 2000]);
    const health = kernel.readHealth();
    expect(health.keptRingFull).toBeGreaterThan(0n);
    expect(health.keptShare + health.keptRingFull).toBe(4000n);
    expect(counted(server)).toEqual(truth);
  }, 60_000);
});

describe('connections', () => {
  test('each end of each is reported with its bytes', async () => {
    await run(['fresh', 50]);
    const closes = events.filter((event) => event.kind === 'close');
    const of = (side: string) => closes.filter((event) => event.side === side);
    expect([of('server').length, of('client').length]).toEqual([50, 50]);
    const sum = (side: string, field: 'sentBytes' | 'receivedBytes') =>
      of(side).reduce((total, event) => total + event[field], 0n);
    expect(sum('server', 'sentBytes')).toBe(sum('client', 'receivedBytes'));
    expect(sum('client', 'sentBytes')).toBe(sum('server', 'receivedBytes'));
    expect(of('client').every((event) => event.connectNs > 0n && !event.failed && event.exchanges === 1)).toBe(true);
  }, 30_000);

  test('an attempt that fails is reported as such', async () => {
    kernel.setTarget(process.pid, { serviceId: client });
    const request = http.get({ port: 1, host: '127.0.0.1' });
    await once(request, 'error');
    kernel.removeTarget(process.pid);
    kernel.poll();
    const failed = events.filter((event) => event.kind === 'close' && event.failed);
    expect(failed).toMatchObject([{ remote: { address: '127.0.0.1', port: 1 }, serviceId: client }]);
  });
});
