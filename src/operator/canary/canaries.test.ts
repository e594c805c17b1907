import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import type { PipelineSeen } from '../observation/observation.ts';
import { startBackends, type Backends } from '../../../e2e/cluster/stand-in-backends.ts';
import { Canaries } from './canaries.ts';
import { plainHttp } from './http.ts';
import type { Target } from './target.ts';

let backends: Backends;
let canaries: Canaries;
let changes: string[];

afterEach(async () => {
  await canaries.stop();
  await backends.stop();
});

async function start(): Promise<void> {
  backends = await startBackends();
  changes = [];
  canaries = new Canaries({
    http: (url, request) => plainHttp(backends.resolve(url), request),
    clock: systemClock,
    random: () => 0,
    log: createLog('canaries', 'silent'),
    onChange: (key) => changes.push(key),
    onTrip: () => {},
    periods: { healthy: 100, broken: 30, slack: 100, pause: 5 },
  });
}

const target = (change: Partial<Target> = {}): Target => ({
  endpoints: {
    internalOtlp: 'http://node:4319',
    tempo: 'http://tempo:3200',
    mimir: 'http://mimir:8080',
    loki: 'http://loki:3100',
  },
  ready: true,
  fingerprint: '1',
  decisionWaitMs: 0,
  pods: () => ({ nodes: new Map([['n', 'http://n:12345/metrics']]), samplers: new Map() }),
  known: [],
  ...change,
});

const states = (): string =>
  (canaries.known('x/demo') ?? []).map((p) => `${p.signal} ${p.state} ${p.hop}`.trim()).join(', ');

async function until(wanted: string): Promise<void> {
  for (let i = 0; i < 400 && states() !== wanted; i += 1) await systemClock.sleep(10);
  expect(states()).toBe(wanted);
}

const healthy = 'traces Healthy, metrics Healthy, logs Healthy';

test('a stack that is not ready gets no canary; once it is, its pipelines are proven', async () => {
  await start();
  canaries.expect('x/demo', target({ ready: false }));
  await systemClock.sleep(150);
  expect(backends.taken.traces).toBe(0);
  expect(states()).toBe('traces Unknown, metrics Unknown, logs Unknown');
  canaries.expect('x/demo', target());
  await until(healthy);
  expect(changes).toEqual(['x/demo']);
});

test('a lost signal is told with its hop after a second canary, and forgotten when it is back', async () => {
  await start();
  canaries.expect('x/demo', target());
  await until(healthy);
  backends.broken.add('logs');
  let lines = 0;
  backends.metrics = () => {
    lines += 1;
    return `otelcol_receiver_accepted_log_records_total{component_id="otelcol.receiver.otlp.internal"} ${lines}\n`;
  };
  await until('traces Healthy, metrics Healthy, logs Broken alloy-node → loki');
  backends.broken.clear();
  await until(healthy);
  expect(changes).toHaveLength(3);
});

test('what was known before a restart stands until proven otherwise: nothing changes', async () => {
  await start();
  const known = (['traces', 'metrics', 'logs'] as const).map((signal): PipelineSeen => ({
    signal,
    state: 'Healthy',
    hop: '',
  }));
  canaries.expect('x/demo', target({ known }));
  expect(states()).toBe(healthy);
  await systemClock.sleep(300);
  expect(backends.taken.traces).toBeGreaterThan(0);
  expect(changes).toEqual([]);
});

test('a signal without a backend is disabled, not broken', async () => {
  await start();
  const { tempo: _off, ...endpoints } = target().endpoints;
  canaries.expect('x/demo', target({ endpoints }));
  await until('traces Disabled, metrics Healthy, logs Healthy');
  expect(backends.taken.traces).toBe(0);
});

test('a stack that goes takes its canary with it', async () => {
  await start();
  canaries.expect('x/demo', target());
  await until(healthy);
  canaries.forget('x/demo');
  await systemClock.sleep(50);
  const { traces } = backends.taken;
  await systemClock.sleep(300);
  expect(backends.taken.traces).toBe(traces);
});
