import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../lib/clock.ts';
import { leastOf } from '../lib/least.fixture.ts';
import { createLog } from '../lib/log.ts';
import { UnsupportedKernel } from './bpf/contract.ts';
import { FakeKernel } from './kernel.fixture.ts';
import { OtlpReceiver } from './otlp/receiver.fixture.ts';
import { FakeProc } from './process/proc.fixture.ts';
import { freePort } from './testing/free-port.fixture.ts';
import { InvalidConfig, startAgentFromFile, type AgentEnvironment, type RunningAgent } from './start-agent.ts';

let folder: string;
let path: string;
let proc: FakeProc;
let kernel: FakeKernel;
let running: RunningAgent | undefined;
let port: number;
let receiver: OtlpReceiver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-start-'));
  path = join(folder, 'agent.json');
  proc = new FakeProc();
  proc.add({ pid: 100, executable: '/srv/shop' });
  kernel = new FakeKernel();
  receiver = await OtlpReceiver.start();
  port = await freePort();
  await write({});
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  receiver.stop();
  proc.delete();
  await rm(folder, { recursive: true });
});

const write = (changes: object) =>
  writeFile(
    path,
    JSON.stringify({
      otlp: { endpoint: receiver.endpoint },
      health: { port },
      discovery: { executables: ['/srv/*'] },
      sampling: { baselinePercent: 10 },
      ...changes,
    }),
  );

async function start(changes: Partial<AgentEnvironment> = {}): Promise<RunningAgent> {
  running = await startAgentFromFile(path, {
    openKernel: () => kernel,
    maxServices: 8,
    procRoot: proc.root,
    ownPid: 1,
    version: '1',
    clock: systemClock,
    jitter: () => 0,
    log: createLog('test', 'silent'),
    ...changes,
  });
  return running;
}

function get(what: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ port, path: what, agent: false }, (response) => {
        let body = '';
        response.on('data', (part: Buffer) => (body += part.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
      .on('error', reject);
  });
}
const until = async (condition: () => boolean | Promise<boolean>) => {
  for (const end = performance.now() + 5_000; !(await condition());) {
    if (performance.now() > end) throw new Error('not within 5 s');
    await systemClock.sleep(2);
  }
};
const threshold = () => kernel.policies.get(1)?.threshold;

test('a changed policy is in force in less than 100 ms, without a restart', async () => {
  await start();
  const before = threshold();
  let percent = 10;
  const tookMs = await leastOf(100, async () => {
    percent = percent === 100 ? 10 : 100;
    const started = performance.now();
    await write({ sampling: { baselinePercent: percent } });
    await until(() => threshold() === (percent === 100 ? 0n : before));
    return performance.now() - started;
  });
  expect(tookMs).toBeLessThanOrEqual(100);
  expect(before).not.toBe(0n);
  expect(kernel.closed).toBe(false);
});

test('a bad file changes nothing and shows in /readyz and in a metric until it is good again', async () => {
  await start();
  const before = threshold();
  await write({ sampling: { baselinePercent: 1000 } });
  await until(async () => JSON.parse((await get('/readyz')).body).configProblems.length > 0);
  const { status, body } = await get('/readyz');
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    ready: true,
    reason: 'Ready',
    tier: 'T1',
    targets: 1,
    protection: 'normal',
    configProblems: [{ path: 'sampling.baselinePercent', reason: 'must be <= 100' }],
  });
  expect((await get('/metrics')).body).toContain('\nostack_agent_config_problems 1\n');
  expect(threshold()).toBe(before);
  await write({});
  await until(async () => (await get('/metrics')).body.includes('\nostack_agent_config_problems 0\n'));
});

test('what is read at the start only is named until the file says again what is in force', async () => {
  await start();
  const problems = async () => JSON.parse((await get('/readyz')).body).configProblems;
  await write({ health: { port: 1 }, sampling: { baselinePercent: 100 } });
  await until(async () => (await problems()).length > 0);
  expect(await problems()).toEqual([
    { path: 'health.port', reason: expect.stringContaining('start'), fix: expect.stringContaining('restart') },
  ]);
  expect(threshold()).toBe(0n);
  await write({});
  await until(async () => (await problems()).length === 0);
});

test('a bad file at the start is refused with places and fixes', async () => {
  await writeFile(path, '{"otlp": {"endpoint": "nowhere"}}');
  await expect(start()).rejects.toThrow(InvalidConfig);
  await expect(start()).rejects.toThrow('otlp.endpoint');
});

test('where the kernel cannot do it the agent stays alive and says what is missing and what that needs', async () => {
  const missing = [
    { name: 'socket-length-tracepoints', needs: 'Linux 6.3', present: false, reason: 'ENOENT' },
    { name: 'socket-layer-fentry', needs: 'x86-64 5.15', present: false, reason: 'EINVAL' },
  ] as const;
  await start({
    openKernel: () => {
      throw new UnsupportedKernel(missing);
    },
  });
  expect((await get('/healthz')).status).toBe(200);
  const { status, body } = await get('/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(body)).toMatchObject({ ready: false, reason: 'UnsupportedKernel', missing });
  expect((await get('/metrics')).body).toContain('ostack_agent_ready 0');
});

test('missing rights are told from a missing feature', async () => {
  const denied = { name: 'bpf-syscall', needs: 'CAP_BPF', present: false, reason: 'EPERM: not permitted' } as const;
  await start({
    openKernel: () => {
      throw new UnsupportedKernel([denied]);
    },
  });
  expect(running?.readiness().reason).toBe('PermissionDenied');
});

test('what the verifier refuses is told from a missing feature', async () => {
  await start({
    openKernel: () => {
      throw Object.assign(new Error('socket: load: EACCES: R1 invalid mem access'), { name: 'Refused' });
    },
  });
  const { status, body } = await get('/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(body)).toMatchObject({
    reason: 'VerifierRejected',
    message: expect.stringContaining('R1 invalid'),
  });
});

describe('as soon as targets are counted', () => {
  const selected: number[][] = [];
  const opening = (then: () => void) => (counting: (opened: FakeKernel) => void) => {
    counting(kernel);
    selected.push([...kernel.targets().keys()]);
    then();
    return kernel;
  };
  beforeEach(() => void selected.splice(0));

  test('they are selected, and who came while the rest was loaded is selected with it', async () => {
    await start({ openKernel: opening(() => proc.add({ pid: 200, executable: '/srv/late' })) });
    expect([...selected, [...kernel.targets().keys()]]).toEqual([[100], [100, 200]]);
    kernel.exchange({ tgid: 100, path: '/a', status: 500 });
    await receiver.until(() => receiver.spans.length === 1);
  });

  test('nobody is selected in a cluster, where the pods decide', async () => {
    await write({ node: 'n1' });
    await start({ openKernel: opening(() => undefined) });
    expect(selected).toEqual([[]]);
  });

  test('a refusal that comes after that is one all the same', async () => {
    const refused = () => {
      throw Object.assign(new Error('connection: load: EACCES'), { name: 'Refused' });
    };
    await start({ openKernel: opening(refused) });
    expect(running?.readiness()).toMatchObject({ ready: false, reason: 'VerifierRejected' });
    expect(running?.agent).toBeUndefined();
  });
});

test('with a node name but no API server it is not ready, and says why', async () => {
  await write({ node: 'n1' });
  await start();
  expect(running?.readiness()).toMatchObject({ ready: false, reason: 'PodsUnknown' });
});

test('/metrics shows what every stage did', async () => {
  await start();
  kernel.exchange({ tgid: 100, path: '/a', status: 500 });
  const { body } = await get('/metrics');
  for (const line of [
    'ostack_agent_targets 1',
    'ostack_agent_spans_kept_total{verdict="error"} 1',
    'ostack_agent_kernel_events_total{event="keptRingFull"} 0',
    'ostack_agent_socket_bytes_total{service="shop",state="parsed"} 90',
    'ostack_agent_protection_step 0',
  ]) {
    expect(body.split('\n')).toContain(line);
  }
});
