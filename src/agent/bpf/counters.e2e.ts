import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BpfMap } from './bpf-map.ts';
import { converse, type Turn } from './conversation.fixture.ts';
import { healthReasons, type HealthReason, type KernelOptions, type Policy } from './index.ts';
import * as layout from './layout.gen.ts';
import { closeMaps, mapsOf } from './map-walk.fixture.ts';
import { ShapesServer, runClient } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial, keepNothing } from './trial.fixture.ts';

const { program } = shapesOfFile();
const both = 1;
const server = 2;
const client = 3;
/** What no test can make happen: two CPUs at the wrong moment, or no memory left. */
const byChance: readonly HealthReason[] = [
  'earlyResponses',
  'peersFull',
  'storageFull',
  'runsTakenOver',
  'recursionMisses',
];
/** Counted whatever happens. */
const always: readonly HealthReason[] = ['sends', 'receives', 'connections', 'notKept'];

const seen = new Set<HealthReason>();
let trial: Trial;
let before: Readonly<Record<HealthReason, bigint>>;

beforeAll(() => open());
afterAll(() => trial.kernel.close());
beforeEach(() => {
  for (const service of [both, server, client]) trial.kernel.setPolicy(service, keepNothing);
  trial.kept.length = 0;
  before = trial.kernel.readHealth();
});
afterEach(() => {
  trial.kernel.removeTarget(process.pid);
  for (const reason of counters()) seen.add(reason);
});

function open(options: KernelOptions = {}): void {
  trial = new Trial(options);
  before = trial.kernel.readHealth();
}

function reopen(options: KernelOptions): void {
  trial.kernel.close();
  open(options);
}

/** What was counted since the test began. */
function increase(reason: HealthReason): number {
  return Number(trial.kernel.readHealth()[reason] - before[reason]);
}

/** Of all counters, those that moved. */
function counters(): HealthReason[] {
  return healthReasons.filter((reason) => increase(reason) > 0);
}

/** Every reason counted, but for what is always there and what chance may add. */
function counted(): Readonly<Partial<Record<HealthReason, number>>> {
  const told = counters().filter((reason) => !always.includes(reason) && !byChance.includes(reason));
  return Object.fromEntries(told.map((reason) => [reason, increase(reason)]));
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const frame = Buffer.from([0x81, 2, 65, 66]);
const tinyChunks = `${'1\r\nx\r\n'.repeat(100_000)}0\r\n\r\n`;
const chunked = `POST /many HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${tinyChunks}`;

/** Turns, and what both ends together count. */
const conversations: readonly (readonly [string, readonly Turn[], Readonly<Partial<Record<HealthReason, number>>>])[] =
  [
    ['plain', [[get('/a'), ok]], { requests: 2, exchanges: 2 }],
    [
      'an upgrade, and frames after it',
      [[get('/ws'), switching], [frame, frame], [get('/no-longer')]],
      { requests: 2, exchanges: 2, connectionsBlind: 2, blindUpgrade: 2 },
    ],
    [
      'a tunnel by CONNECT, and HTTP inside',
      [
        ['CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'],
        [get('/inside'), ok],
      ],
      { requests: 2, exchanges: 2, connectionsBlind: 2, blindUpgrade: 2 },
    ],
    [
      'two lengths that contradict each other',
      [
        [get('/a'), ok],
        ['POST /b HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab', ok],
        [get('/c'), ok],
      ],
      { requests: 4, exchanges: 4, connectionsBlind: 2, blindOddFraming: 2 },
    ],
    [
      'something else in the middle of HTTP',
      [
        [get('/a'), ok],
        ['\0\x01\x02 nothing\r\n', '?'],
      ],
      { requests: 2, exchanges: 2, connectionsBlind: 2, blindNotHttp: 2 },
    ],
    ['Redis', [['*1\r\n$4\r\nPING\r\n', '+PONG\r\n']], { connectionsUnknown: 2 }],
    ['HTTP/2', [['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.alloc(9)]], { connectionsUnknown: 2 }],
    ['TLS', [[Buffer.from('16030100051603030000', 'hex'), Buffer.from('160303', 'hex')]], { connectionsUnknown: 2 }],
    [
      'hints before the answer',
      [[get('/a'), `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${ok}`]],
      { requests: 2, exchanges: 2, interimResponses: 2 },
    ],
    ['two requests at once', [[get('/a') + get('/b'), ok + ok]], { requests: 4, exchanges: 4, captureSkipped: 2 }],
    [
      'an answer before the body is there, and the next request',
      [
        ['POST /up HTTP/1.1\r\nContent-Length: 4\r\n\r\n', 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n'],
        ['body'],
        [get('/next'), ok],
      ],
      { requests: 4, exchanges: 4 },
    ],
    ['no answer', [[get('/a')]], { requests: 2, unanswered: 2 }],
  ];

describe('what a connection holds is counted for what it is, at both ends', () => {
  test.each(conversations)('%s', async (_, turns, expected) => {
    trial.select(both)(process.pid);
    await converse(turns);
    trial.settle();
    expect(counted()).toEqual(expected);
  });

  test('more pieces in one call than anyone should send', async () => {
    trial.select(both)(process.pid);
    await converse([[chunked, ok]]);
    trial.settle();
    expect(increase('blindTooManyPieces')).toBeGreaterThan(0);
  });

  test('bytes that move while nobody follows, and what comes after them', async () => {
    trial.select(both)(process.pid);
    await converse([
      [get('/a'), ok],
      () => trial.kernel.removeTarget(process.pid),
      [get('/b'), ok],
      () => trial.select(both)(process.pid),
      [get('/c'), ok],
    ]);
    trial.settle();
    const gapBytes = 2 * (get('/b').length + ok.length);
    expect(counted()).toEqual({ requests: 4, exchanges: 4, gapBytes, resyncs: 4 });
  });

  test.each([
    ['::1', '::1', '::1'],
    ['127.0.0.1', '::', 'an IPv4 client at an IPv6 listener'],
  ])('over %s to a listener on %s: %s', async (address, listening) => {
    trial.kernel.setPolicy(both, { ...keepNothing, threshold: 0n });
    trial.select(both)(process.pid);
    await converse([[get('/six'), ok]], address, listening);
    trial.settle();
    expect(counted()).toEqual({ requests: 2, exchanges: 2, keptShare: 2 });
    expect(trial.kept.map((exchange) => [exchange.side, exchange.local.address, exchange.remote.address])).toEqual([
      ['server', address, address],
      ['client', address, address],
    ]);
    expect(new Set(trial.kept.map(({ traceId, requestSequence }) => `${traceId} ${requestSequence}`)).size).toBe(1);
  });
});

/** Runs a shape against a server of its own, both followed. */
async function run(shape: readonly (string | number)[], serve: readonly string[] = ['server']): Promise<void> {
  const target = await ShapesServer.start(program, serve);
  trial.select(server)(target.pid);
  await runClient(program, target.port, shape, trial.select(client));
  await target.end();
  trial.settle();
}

describe('bytes out of reach', () => {
  test.each<[string, HealthReason[]]>([
    ['ring-send', ['unreadable', 'blindUnreadableHead', 'unparsed']],
    ['ring-receive', ['unreadable', 'blindUnreadableHead', 'orphanResponses']],
    ['splice-head', ['gapBytes', 'orphanResponses']],
  ])('%s', async (mode, expected) => {
    await run(['posts', 300, 20], ['opaque', mode]);
    expect(counters()).toEqual(expect.arrayContaining(expected));
  });
});

describe('what a policy makes of exchanges', () => {
  test.each<[HealthReason, Partial<Policy>, (string | number)[], number]>([
    ['keptError', { keepErrors: true }, ['keepalive', 1, 7, '/status/503'], 7],
    ['keptSlow', { slowerThanNs: 1n }, ['keepalive', 1, 7], 7],
    ['keptShare', { threshold: 0n }, ['keepalive', 1, 7], 7],
    ['notKept', {}, ['keepalive', 1, 7], 7],
  ])('%s', async (reason, policy, shape, expected) => {
    trial.kernel.setPolicy(server, { ...keepNothing, ...policy });
    const target = await ShapesServer.start(program);
    trial.select(server)(target.pid);
    await runClient(program, target.port, shape, () => {});
    await target.end();
    trial.settle();
    expect(increase(reason)).toBe(expected);
  });

  test('notKeptLimited', async () => {
    trial.kernel.setPolicy(server, { ...keepNothing, threshold: 0n, keptPerSecond: 1 });
    await run(['keepalive', 1, 50]);
    expect(increase('notKeptLimited')).toBeGreaterThan(40);
  });
});

describe('something is full', () => {
  test.each<[HealthReason, KernelOptions, (string | number)[]]>([
    ['keptRingFull', { keptRingBytes: 4096 }, ['keepalive', 1, 100]],
    ['controlRingFull', { controlRingBytes: 4096 }, ['fresh', 100]],
    ['slowRingFull', { slowRingBytes: 16 << 10 }, ['pipeline', 64, 20]],
    ['redFull', { redRows: 4 }, ['words', 100]],
  ])('%s', async (reason, options, shape) => {
    reopen({ pollEveryMs: 0, ...options });
    trial.kernel.setPolicy(server, { ...keepNothing, threshold: 0n });
    await run(shape);
    expect(increase(reason)).toBeGreaterThan(0);
  });

  test('what the slow ring lost, userland knows of', () => {
    expect([...seen]).toEqual(expect.arrayContaining(['slowRingFull', 'slowLost']));
  });

  test('slowExchanges: pipelining 20 deep, followed by userland', async () => {
    reopen({});
    await run(['pipeline', 20, 10]);
    expect([increase('slowFifoFull'), increase('connectionsSlow')]).toEqual([2, 2]);
    expect(increase('slowExchanges')).toBeGreaterThan(100);
  });

  test('routesFull', async () => {
    await run(['words', 17_000]);
    expect(increase('routesFull')).toBeGreaterThan(0);
  });

  test('targetsFull: a child of a process that is followed finds no room', async () => {
    trial.select(both)(process.pid);
    const maps = mapsOf(process.pid);
    const targets = new BpfMap(maps.get('targets') ?? -1, 4, layout.target.structSize, 16_384);
    const beyond = 5_000_000;
    const fill = () => {
      for (let i = 0; ; i++)
        targets.set(Buffer.from(Uint32Array.of(beyond + i).buffer), Buffer.alloc(layout.target.structSize));
    };
    expect(fill).toThrow('E2BIG');
    closeMaps(maps);
    const child = fork(join(import.meta.dirname, 'node-server.fixture.ts'), {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    try {
      await once(child, 'message');
      expect(increase('targetsFull')).toBeGreaterThan(0);
      expect(trial.kernel.targets().has(child.pid ?? 0)).toBe(false);
    } finally {
      child.kill();
    }
    await once(child, 'exit');
  });
});

test('every counter was seen to count, but for what only chance brings', () => {
  const never = healthReasons.filter((reason) => !seen.has(reason) && !byChance.includes(reason));
  expect(never).toEqual([]);
});
