import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ShapesServer, runClient, startProgram } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial } from './trial.fixture.ts';

const server = 1;
const client = 2;
const taker = 3;

const { program, directory } = shapesOfFile();
let trial: Trial;

beforeEach(() => {
  trial = new Trial();
});
afterEach(() => trial.kernel.close());

describe('a connection is its socket, whatever number or process holds it', () => {
  test('a connection each, 100,000 times', async () => {
    const target = await ShapesServer.start(program);
    trial.select(server)(target.pid);
    const half = () => runClient(program, target.port, ['fresh', 50_000], trial.select(client));
    await Promise.all([half(), half()]);
    const truth = await target.stop();
    trial.settle();
    expect(truth).toEqual({ 'GET 200 /plain': 100_000 });
    expect([trial.counts(server), trial.counts(client)]).toEqual([truth, truth]);
    expect(trial.kernel.readHealth()).toMatchObject({ connections: 200_000n, storageFull: 0n, controlRingFull: 0n });
  }, 120_000);

  test('one descriptor number, 10,000 connections, and a file and a Unix socket in between', async () => {
    const target = await ShapesServer.start(program);
    trial.select(server)(target.pid);
    await runClient(program, target.port, ['reuse', 10_000], trial.select(client));
    const truth = await target.stop();
    trial.settle();
    expect(truth).toEqual({ 'GET 200 /plain': 10_000 });
    expect([trial.counts(server), trial.counts(client)]).toEqual([truth, truth]);
  }, 60_000);

  test.each(['dup', 'fork'])(
    '%s: answers by copies of a descriptor, and by a child made after accept',
    async (mode) => {
      const target = await ShapesServer.start(program, ['handover', mode]);
      trial.select(server)(target.pid);
      await runClient(program, target.port, ['keepalive', 200, 50], trial.select(client));
      const truth = await target.stop();
      trial.settle();
      expect(truth).toEqual({ 'GET 200 /plain': 10_000 });
      expect([trial.counts(server), trial.counts(client)]).toEqual([truth, truth]);
    },
    60_000,
  );

  test.each([
    ['followed too: each counts what it answered, also what the other one had read', true],
    ['not followed: the rest of the connection is not counted, and nothing else is', false],
  ])(
    'a descriptor sent to a process that is %s',
    async (_, followed) => {
      const path = join(directory, `socket-${followed}`);
      const second = await ShapesServer.start(program, ['handover', 'take', path]);
      const first = await ShapesServer.start(program, ['handover', 'pass', path]);
      trial.select(server)(first.pid);
      if (followed) trial.select(taker)(second.pid);
      await runClient(program, first.port, ['keepalive', 100, 50], trial.select(client));
      const [passed, taken] = [await first.stop(), await second.stop()];
      trial.settle();
      expect([passed, taken]).toEqual([{ 'GET 200 /plain': 500 }, { 'GET 200 /plain': 4500 }]);
      expect(trial.counts(client)).toEqual({ 'GET 200 /plain': 5000 });
      expect(trial.counts(taker)).toEqual(followed ? taken : {});
      const { 'GET 0 /plain': open = 0, ...answered } = trial.counts(server);
      expect(answered).toEqual(passed);
      // Read here, answered out of sight: an exchange that this end never saw answered.
      expect(open).toBe(followed ? 0 : 100);
    },
    60_000,
  );
});

describe('connections that were open before the probes were attached', () => {
  test('in the middle of traffic: every exchange that begins after selection is counted, none that ended before', async () => {
    trial.kernel.close();
    const target = await ShapesServer.start(program, ['witness']);
    const traffic = startProgram(program, ['client', String(target.port), 'keepalive', '3', '0'], () => {});
    while (connectionsTo(target.port) < 2 * 3) await new Promise((resolve) => setTimeout(resolve, 20));
    trial = new Trial();
    const before = process.hrtime.bigint();
    trial.select(server)(target.pid);
    const after = process.hrtime.bigint();
    while (trial.kernel.readHealth().exchanges < 20_000n) await new Promise((resolve) => setTimeout(resolve, 20));
    await traffic.stop();
    const exchanges = (await target.end()).filter((line) => line.startsWith('exchange')).map(timesOf);
    trial.settle();
    const counted = Object.values(trial.counts(server)).reduce((sum, n) => sum + n, 0);
    const certain = exchanges.filter(([began = 0n]) => began > after).length;
    const possible = exchanges.filter(([, , , ended = 0n]) => ended >= before).length;
    expect(certain).toBeGreaterThan(10_000);
    expect(certain).toBeLessThan(exchanges.length);
    expect(possible - certain).toBeLessThan(certain / 2);
    expect(counted).toBeGreaterThanOrEqual(certain);
    expect(counted).toBeLessThanOrEqual(possible);
    expect(trial.kernel.readHealth()).toMatchObject({ connectionsBlind: 0n, unparsed: 0n });
  }, 60_000);
});

/** Established sockets of this port, both ends: state 01 in /proc/net/tcp. */
function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.filter((line) => line.includes(`:${hex} `) && line.includes(' 01 ')).length;
}

/** "exchange READ_BEGAN READ_ENDED WRITE_BEGAN WRITE_ENDED" */
function timesOf(line: string): readonly bigint[] {
  return line.split(' ').slice(1).map(BigInt);
}
