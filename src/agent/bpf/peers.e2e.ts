import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { Nginx } from './nginx.fixture.ts';
import { buildPeers, type Peer } from './peers.fixture.ts';
import { ShapesServer, countsIn, runClient, runProgram, type Counts } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial } from './trial.fixture.ts';

const server = 1;
const upstream = 2;
const clients = { go: 11, python: 12, node: 13, c: 14, wrk: 15 };
const withoutOptions = { NODE_OPTIONS: '' };

const { program, directory } = shapesOfFile();
let peers: Readonly<Record<'go' | 'python' | 'node', Peer>>;
let trial: Trial;

beforeAll(() => {
  peers = buildPeers(directory);
}, 300_000);
beforeEach(() => {
  trial = new Trial();
});
afterEach(() => trial.kernel.close());

function startServer(peer: Peer): Promise<ShapesServer> {
  return ShapesServer.start(peer.program, [...peer.args, 'server'], { env: withoutOptions });
}

/** Requests of every client at the same time, each a service of its own. @returns what each says it was answered. */
async function askFromAll(port: number): Promise<Record<string, Counts>> {
  const ask = async (name: 'go' | 'python' | 'node', requests: number) => {
    const { program, args } = peers[name];
    const all = [...args, 'client', String(port), String(requests), '4'];
    return countsIn(await runProgram(program, all, trial.select(clients[name]), { env: withoutOptions }));
  };
  const c = runClient(program, port, ['keepalive', 4, 500], trial.select(clients.c));
  const [go, python, node] = await Promise.all([ask('go', 3000), ask('python', 600), ask('node', 2000), c]);
  return { go, python, node, c: { 'GET 200 /plain': 2000 } } as Record<string, Counts>;
}

function countedAtClients(): Record<string, Counts> {
  const names = ['go', 'python', 'node', 'c'] as const;
  return Object.fromEntries(names.map((name) => [name, trial.counts(clients[name])]));
}

function expectEverythingUnderstood(): void {
  const health = trial.kernel.readHealth();
  expect(health).toMatchObject({ connectionsBlind: 0n, connectionsSlow: 0n, connectionsUnknown: 0n, unparsed: 0n });
  expect(health).toMatchObject({ orphanResponses: 0n, recursionMisses: 0n });
  for (const { blind, unknown, slow } of trial.kernel.readCoverage()) expect(blind + unknown + slow).toBe(0n);
}

describe('programs in several languages: each end is counted as often as it says itself', () => {
  test.each(['go', 'python', 'node', 'c'] as const)(
    'a server in %s, asked by clients in Go, Python, JavaScript and C at once',
    async (language) => {
      const target = language === 'c' ? await ShapesServer.start(program) : await startServer(peers[language]);
      trial.select(server)(target.pid);
      const asked = await askFromAll(target.port);
      const truth = await target.stop();
      trial.settle();
      expect(trial.counts(server)).toEqual(truth);
      expect(countedAtClients()).toEqual(asked);
      expectEverythingUnderstood();
    },
    120_000,
  );

  test('nginx with files, and with a server in Go behind it', async () => {
    const behind = await startServer(peers.go);
    const nginx = await Nginx.start(join(directory, 'nginx'), behind.port);
    nginx.pids.forEach(trial.select(server));
    trial.select(upstream)(behind.pid);
    const asked = await askFromAll(nginx.port);
    const answered = await nginx.stop();
    const passed = await behind.stop();
    trial.settle();
    const rows = trial.kernel.readRed().filter((row) => row.serviceId === server && row.side === 'client');
    const asClient = rows.reduce((sum, row) => sum + Number(row.count), 0);
    expect(asClient).toBe(Object.values(passed).reduce((sum, n) => sum + n, 0));
    expect(trial.counts(upstream)).toEqual(passed);
    expect(trial.counts(server)).toEqual(together(answered, passed));
    expect(countedAtClients()).toEqual(asked);
    expectEverythingUnderstood();
  }, 120_000);
});

function together(a: Counts, b: Counts): Counts {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}

describe('wrk and nginx', () => {
  test('as fast as they go on 64 connections', async () => {
    const nginx = await Nginx.start(join(directory, 'nginx-wrk'), 9);
    nginx.pids.forEach(trial.select(server));
    const lines = await runProgram(
      '/bin/sh',
      ['-c', `read go; exec wrk -t 2 -c 64 -d 8s http://127.0.0.1:${nginx.port}/plain`],
      trial.select(clients.wrk),
    );
    const answered = await nginx.stop();
    trial.settle();
    const completed = Number(/(\d+) requests in/.exec(lines.join('\n'))?.[1]);
    console.info(`wrk: ${completed} requests completed`);
    // Up to 90,000 a second on an idle machine; how many is not what is tested.
    expect(completed).toBeGreaterThan(5_000);
    expect(trial.counts(server)).toEqual(answered);
    const { 'GET 0 /plain': cut = 0, ...rest } = trial.counts(clients.wrk);
    // What wrk still waited for when its time was up.
    expect(cut).toBeLessThanOrEqual(64);
    expect(rest).toEqual({ 'GET 200 /plain': completed });
    expect(trial.kernel.readHealth()).toMatchObject({ connectionsBlind: 0n, connectionsSlow: 0n, unparsed: 0n });
  }, 60_000);
});
