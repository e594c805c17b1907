import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../e2e/cluster/control-plane.ts';
import { programPath } from '../../e2e/cluster/programs.ts';
import { catalogue } from '../dashboards/index.ts';
import { everything, objectOf, objectsOf, type SomeSpec } from './specimen.ts';

const verifiers = {
  tempo: (file: string) => [`-config.file=${file}`, '-config.verify=true'],
  loki: (file: string) => [`-config.file=${file}`, '-verify-config'],
  mimir: (file: string) => [`-config.file=${file}`, '-modules'],
} as const;
type Backend = keyof typeof verifiers;
const backends = Object.keys(verifiers) as readonly Backend[];
const stacks: readonly (readonly [string, SomeSpec])[] = [
  ['the smallest stack', {}],
  ['a stack with everything on', everything],
  ['the longest retention and the most series', { metrics: { retention: '4000d', maxSeries: 100_000_000 } }],
];

interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly otlp: number;
  readonly gossip: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

let directory: string;
const running = new Set<ChildProcess>();

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ostack-backends-'));
});

afterEach(() => Promise.all([...running].map((child) => ended(child, 'SIGKILL'))));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(backends)('%s', (backend) => {
  test.each(stacks)(
    'accepts the configuration of %s',
    async (_title, spec) => {
      const { code, output } = await verdict(backend, configOf(backend, spec));
      expect(code === 0 ? '' : output).toBe('');
    },
    60_000,
  );

  test('would refuse a key it does not know', async () => {
    const { code, output } = await verdict(backend, `${configOf(backend, {})}\nnot_a_key: 1\n`);
    expect(code).toBe(1);
    expect(output).toContain('not_a_key');
  }, 60_000);

  test('starts on an empty volume, takes what it is sent, and still has it after it was ended and started again', async () => {
    const [http, grpc, otlp, gossip] = (await freePorts(4)) as [number, number, number, number];
    const ports = { http, grpc, otlp, gossip };
    const file = written(`${backend}.yaml`, onLoopback(configOf(backend, {}), ports));
    const first = await started(backend, file, ports);
    await eventually(() => send[backend](ports), first);
    await eventually(() => has[backend](ports), first);
    await eventually(() => emitsCatalogue(backend, http), first);
    await ended(first.child, 'SIGTERM');
    const second = await started(backend, file, ports);
    await eventually(() => has[backend](ports), second);
  }, 180_000);
});

/** Whether a program has the metrics the catalogue says it has; those of refusals come with the first one. */
async function emitsCatalogue(backend: Backend, http: number): Promise<boolean> {
  const served = await text(`http://127.0.0.1:${http}/metrics`);
  const absent = catalogue
    .filter(({ from, name }) => (from === backend || name.startsWith('process_')) && !name.includes('_discarded_'))
    .filter(({ name }) => !new RegExp(`^${name}[ {]`, 'm').test(served));
  if (absent.length > 0) throw new Error(`no ${absent.map(({ name }) => name).join(', ')}`);
  return true;
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

const send: Readonly<Record<Backend, (ports: Ports) => Promise<boolean>>> = {
  tempo: ({ otlp }) => sendSpan(otlp),
  loki: async ({ http }) => {
    const values = [[nowNs().toString(), 'a line', { trace_id: traceId }]];
    const streams = [{ stream: { service_name: 'shop' }, values }];
    await json(`http://127.0.0.1:${http}/loki/api/v1/push`, { streams });
    return true;
  },
  mimir: async ({ http }) => {
    const dataPoints = [{ asDouble: 7, timeUnixNano: nowNs().toString() }];
    const metrics = [{ name: 'orders', gauge: { dataPoints } }];
    await json(`http://127.0.0.1:${http}/otlp/v1/metrics`, { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    return true;
  },
};

const has: Readonly<Record<Backend, (ports: Ports) => Promise<boolean>>> = {
  tempo: async ({ http }) => (await text(`http://127.0.0.1:${http}/api/traces/${traceId}`)).includes('GET /'),
  loki: async ({ http }) => {
    const query = encodeURIComponent(`{service_name="shop"} | trace_id = "${traceId}"`);
    return (await text(`http://127.0.0.1:${http}/loki/api/v1/query_range?query=${query}`)).includes('a line');
  },
  mimir: async ({ http }) =>
    (await text(`http://127.0.0.1:${http}/prometheus/api/v1/query?query=orders`)).includes('"7"'),
};

function configOf(backend: Backend, spec: SomeSpec): string {
  const { data } = objectOf('ConfigMap', `demo-${backend}`, objectsOf(spec)) as unknown as {
    data: Record<string, string>;
  };
  return data[`${backend}.yaml`] ?? '';
}

/** The same configuration on free ports of loopback and below our directory; nothing else is changed. */
function onLoopback(config: string, { http, grpc, otlp, gossip }: Ports): string {
  return config
    .replace(/http_listen_port: \d+/, `http_listen_address: 127.0.0.1\n  http_listen_port: ${http}`)
    .replace(/grpc_listen_port: \d+/, `grpc_listen_port: ${grpc}`)
    .replace('memberlist:', `memberlist:\n  bind_port: ${gossip}`)
    .replaceAll('127.0.0.1:9095', `127.0.0.1:${grpc}`)
    .replaceAll('0.0.0.0:4317', `127.0.0.1:${otlp}`)
    .replaceAll('/data', join(directory, 'data'));
}

function written(name: string, config: string): string {
  const file = join(directory, name);
  writeFileSync(file, config);
  return file;
}

/** Starts a program; one that was not built fails here, by name. */
function start(backend: Backend, args: readonly string[]): Running {
  const child = spawn(programPath(backend), args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => void (output += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (error) => keep(Buffer.from(error.message)));
  child.once('exit', () => running.delete(child));
  running.add(child);
  return { child, output: () => output };
}

async function started(backend: Backend, file: string, { http }: Ports): Promise<Running> {
  const program = start(backend, [`-config.file=${file}`]);
  await eventually(async () => (await text(`http://127.0.0.1:${http}/ready`)) !== '', program);
  return program;
}

/** Ends a program as Kubernetes does: asked, and killed when the time its pod has is over. */
async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exit;
  clearTimeout(kill);
}

async function verdict(backend: Backend, config: string): Promise<{ code: number; output: string }> {
  const { child, output } = start(backend, verifiers[backend](written(`${backend}-verify.yaml`, config)));
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (status) => resolve(status ?? -1));
  });
  return { code, output: output() };
}

async function eventually(holds: () => Promise<boolean>, { child, output }: Running): Promise<void> {
  let last: unknown = 'not there';
  for (let deadline = Date.now() + 60_000; Date.now() < deadline && child.exitCode === null; await sleep(200)) {
    const there = await holds().catch((error: unknown) => void (last = error));
    if (there === true) return;
  }
  throw new Error(`${String(last)}\n${output().slice(-3000)}`);
}

async function text(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(3000) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${body}`);
  return body;
}

async function json(url: string, body: object): Promise<void> {
  await text(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** One span as OTLP over gRPC, the only way into this Tempo; the message is small enough to be written by hand. */
function sendSpan(port: number): Promise<boolean> {
  const span = Buffer.concat([
    bytes(1, Buffer.from(traceId, 'hex')),
    bytes(2, Buffer.from('00f067aa0ba902b7', 'hex')),
    bytes(5, Buffer.from('GET /')),
    fixed64(7, nowNs()),
    fixed64(8, nowNs() + 1_000_000n),
  ]);
  const request = bytes(1, bytes(2, bytes(2, span)));
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(request.length, 1);
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.once('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.once('error', reject);
    stream.once('trailers', (trailers) => resolve(trailers['grpc-status'] === '0'));
    stream.once('close', () => session.close());
    stream.resume();
    stream.end(Buffer.concat([frame, request]));
  });
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), content]);
}

function fixed64(field: number, value: bigint): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeBigUInt64LE(value, 1);
  return buffer;
}
