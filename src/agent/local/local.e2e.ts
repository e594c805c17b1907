import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundle } from '../../cli/bundle.ts';
import { OtlpReceiver, type ReceivedSpan } from '../otlp/receiver.fixture.ts';
import { Program } from '../testing/program.fixture.ts';
import type { Summary } from './summary.ts';

// Needs root and a kernel that carries the probes; follows only the two programs it starts itself.
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const percent = 10;
const ordinary = 4_000;

let server: Program;
let client: Program;
let agent: Program;
let receiver: OtlpReceiver;
let truth: Readonly<Record<string, number>>;
let summary: Summary;
let peakKb: number;
let folder: string;

beforeAll(async () => {
  // From the sources the agent would also carry what removes their types.
  folder = await mkdtemp(join(tmpdir(), 'ostack-agent-'));
  await bundle({ entry: file('../testing/agent-program.fixture.ts'), directory: folder, file: 'agent.mjs' });
  receiver = await OtlpReceiver.start();
  server = new Program(file('../testing/shop-server.fixture.ts'));
  client = new Program(file('../testing/shop-client.fixture.ts'));
  const { port } = JSON.parse(await server.line()) as { port: number };
  const send = (path: string, times: number, connections: number, method = 'GET') =>
    client.ask(JSON.stringify({ port, path, times, connections, method }));
  const flags = `--local --json --pid ${server.pid} --pid ${client.pid} --otlp ${receiver.endpoint}`;
  const wish = `${flags} --interval 500ms --percent ${percent} --slower-than 200ms`.split(' ');
  // As the DaemonSet runs it: a young generation that may not grow to 48 MB.
  const environment = {
    OSTACK_BPF: file('../../../bpf/built'),
    NODE_OPTIONS: '--max-semi-space-size=2',
    MALLOC_ARENA_MAX: '1',
  };
  agent = new Program(join(folder, 'agent.mjs'), wish, environment);
  // Ready is when both ends of a request are seen; these requests have a path of their own.
  const seen = () =>
    receiver.latest('http.server.request.duration').length > 0 &&
    receiver.latest('http.client.request.duration').length > 0;
  while (!seen()) {
    await send('/warm', 1, 1);
    await receiver.until(seen, 500).catch(() => undefined);
    agent.mustRun();
  }
  await send('/orders/%', ordinary, 16);
  await send('/fail/%', 60, 4);
  await send('/missing/%', 40, 4);
  await send('/slow/1', 8, 8);
  await send('/orders/%', 300, 4, 'POST');
  truth = JSON.parse(await server.ask('counts')) as Record<string, number>;
  peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]);
  const last = agent.line();
  await agent.stop('SIGINT');
  summary = JSON.parse(await last) as Summary;
}, 120_000);

afterAll(async () => {
  await Promise.all([agent?.stop('SIGKILL'), client?.stop(), server?.stop()]);
  receiver?.stop();
  await rm(folder, { recursive: true, force: true });
});

const routes: Readonly<Record<string, string>> = {
  '/orders': '/orders/{id}',
  '/fail': '/fail/{id}',
  '/missing': '/missing/{id}',
  '/slow': '/slow/{id}',
};
const kept = (kind: number, why: string): ReceivedSpan[] =>
  receiver.spans.filter((span) => span.kind === kind && span.attributes['ostack.kept'] === why);

const traces = (spans: readonly ReceivedSpan[]) => new Set(spans.map((span) => span.traceId));

test.each(['GET /orders 200', 'GET /fail 503', 'GET /missing 404', 'GET /slow 200', 'POST /orders 200'])(
  '%s: both ends are counted as often as the server did it',
  (key) => {
    const [method, place, status] = key.split(' ') as [string, string, string];
    const route = routes[place];
    const common = { 'http.request.method': method, 'http.response.status_code': Number(status) };
    const counted = {
      server: receiver.count('http.server.request.duration', { ...common, 'http.route': route }),
      client: receiver.count('http.client.request.duration', { ...common, 'url.template': route }),
    };
    expect(counted).toEqual({ server: truth[key], client: truth[key] });
  },
);

test('the table says the same', () => {
  const shown = Object.fromEntries(
    summary.routes
      .filter(({ route }) => route !== '/warm')
      .map(({ side, method, route, requests }) => [`${side} ${method} ${route}`, requests]),
  );
  const expected = Object.entries(truth)
    .filter(([key]) => !key.includes('/warm'))
    .flatMap(([key, count]) => {
      const [method, place] = key.split(' ') as [string, string];
      return ['server', 'client'].map((side) => [`${side} ${method} ${routes[place]}`, count]);
    });
  expect(shown).toEqual(Object.fromEntries(expected));
  expect(summary.coverage).toBe(1);
});

test('each service and each route shows the spans that were made of it, and each service what was read of it', () => {
  const made = (side: string, route = '') =>
    receiver.spans.filter(({ kind, name }) => kind === (side === 'server' ? 2 : 3) && name.endsWith(route)).length;
  const perRoute = new Map<string, number>();
  for (const { side, route, kept: n } of summary.routes)
    perRoute.set(`${side} ${route}`, (perRoute.get(`${side} ${route}`) ?? 0) + n);
  for (const [line, n] of perRoute) expect([line, n]).toEqual([line, made(...(line.split(' ') as [string, string]))]);
  expect(summary.services.map(({ service, side, kept: n, coverage }) => [service, side, n, coverage])).toEqual(
    expect.arrayContaining([
      ['shop-server.fixture', 'server', made('server'), 1],
      ['shop-client.fixture', 'client', made('client'), 1],
    ]),
  );
  expect(summary.delivery).toMatchObject({ spans: receiver.spans.length, lostSpans: 0, lostPoints: 0, waiting: false });
});

test('span metrics and the service graph count the same requests', () => {
  const warm = receiver.count('http.client.request.duration', { 'url.template': '/warm' });
  const asked = Object.entries(truth).filter(([key]) => !key.includes('/warm'));
  const total = asked.reduce((sum, [, count]) => sum + count, warm);
  const calls = (kind: string) => receiver.count('traces.spanmetrics.calls', { 'span.kind': `SPAN_KIND_${kind}` });
  expect([calls('SERVER'), calls('CLIENT')]).toEqual([total, total]);
  const edges = receiver.latest('traces_service_graph_request_total');
  expect(edges.map(({ attributes, asInt }) => [attributes, Number(asInt)])).toEqual([
    [{ client: 'shop-client.fixture', server: 'shop-server.fixture' }, total],
  ]);
});

test('every error is a span at the end that calls it one, with the other end beside it', () => {
  expect(kept(2, 'error')).toHaveLength(truth['GET /fail 503'] ?? 0);
  expect(kept(3, 'error')).toHaveLength((truth['GET /fail 503'] ?? 0) + (truth['GET /missing 404'] ?? 0));
});

test('every slow exchange is kept, whatever its trace id', () => {
  const slow = receiver.spans.filter((span) => span.name.endsWith('/slow/{id}'));
  expect(slow.filter((span) => span.kind === 2)).toHaveLength(truth['GET /slow 200'] ?? 0);
  expect(slow.every((span) => span.attributes['ostack.kept'] === 'slow')).toBe(true);
});

test('of the rest a share is kept, the same exchanges at both ends, and each says what it stands for', () => {
  // A 404 is an error to the client only.
  const ordinaryOf = (kind: number) => kept(kind, 'share').filter(({ name }) => !/(missing.*|warm)$/.test(name));
  const share = ordinaryOf(2);
  const n = (truth['GET /orders 200'] ?? 0) + (truth['POST /orders 200'] ?? 0);
  const p = percent / 100;
  // 99.9 % of binomial draws.
  expect(Math.abs(share.length - n * p)).toBeLessThan(3.29 * Math.sqrt(n * p * (1 - p)) + 1);
  // What the client waited longer for may be slow there and nothing but a share at the server.
  const atClients = traces([...ordinaryOf(3), ...kept(3, 'slow')]);
  expect(share.filter(({ traceId }) => !atClients.has(traceId))).toEqual([]);
  expect(ordinaryOf(3).filter(({ traceId }) => !traces(share).has(traceId))).toEqual([]);
  expect(new Set(share.map((span) => span.traceState))).toEqual(new Set(['ot=th:e6666666666666']));
});

test('the two spans of a call are one trace, the server inside the client', () => {
  const byId = new Map(receiver.spans.map((span) => [span.spanId, span]));
  const served = receiver.spans.filter((span) => span.kind === 2 && !span.name.endsWith('/warm'));
  const wrong = served.filter((span) => {
    const parent = byId.get(span.parentSpanId ?? '');
    if (parent?.traceId !== span.traceId || parent.kind !== 3) return true;
    return BigInt(parent.startTimeUnixNano) > BigInt(span.startTimeUnixNano);
  });
  expect(served.length).toBeGreaterThan(300);
  const shown = (span: ReceivedSpan) => ({ span, parent: byId.get(span.parentSpanId ?? '') });
  expect(wrong.map(shown)).toEqual([]);
});

test('the agent stays within 100 MB', () => {
  console.info(`agent: peak ${(peakKb / 1024).toFixed(1)} MB, ${receiver.spans.length} spans`);
  expect(peakKb).toBeLessThan(100 * 1024);
});
