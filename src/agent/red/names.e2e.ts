import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { programPath } from '../../../e2e/cluster/programs.ts';
import { FakeKernel } from '../kernel.fixture.ts';
import { encodeMetrics, type ResourceMetrics } from '../otlp/index.ts';
import { decodeMessage } from '../otlp/opentelemetry.fixture.ts';
import { Services, type Identity, type Peer } from '../process/index.ts';
import { freePort } from '../testing/free-port.fixture.ts';
import { Red } from './red.ts';
import { RemoteWriteReceiver } from './remote-write.fixture.ts';

const nowMs = Date.now();
const scope = { name: 'ostack-agent', version: '1.2.3' };
let groups: ResourceMetrics[];
let receiver: RemoteWriteReceiver;
let alloy: ChildProcess;
let folder: string;
let door: string;

/** A server and a client in two services, with an answer of each kind. */
function scene(): Red {
  const kernel = new FakeKernel();
  const services = new Services(8, () => nowMs);
  const identity = (name: string): Identity => ({
    key: name,
    name,
    namespace: 'shop',
    resource: { 'service.name': name, 'service.namespace': 'shop' },
  });
  const [, checkout] = [services.enter(identity('front')), services.enter(identity('checkout'))];
  const red = new Red({
    kernel,
    mayRemove: () => true,
    removeService: (service) => kernel.removeService(service),
    services,
    routes: [],
    families: ['application', 'spanMetrics', 'serviceGraph'],
    seriesLimit: 100,
    peerOf: (): Peer => ({ kind: 'host' }),
    inCluster: false,
    ownResource: () => ({ 'service.name': 'ostack-agent' }),
    startMs: nowMs,
  });
  for (const status of [200, 503]) {
    const [ask, answer] = [{ method: 'POST' as const, requestBytes: 30, responseBytes: 200 }, { durationMs: 40 }];
    kernel.exchange({ ...ask, ...answer, path: '/orders/{id}', status });
    kernel.exchange({ ...ask, path: '/pay', status, side: 'client', remote: { address: '203.0.113.9', port: 443 } });
    kernel.exchange({ ...answer, path: '/pay', status, serviceId: checkout ?? 0 });
  }
  return red;
}

beforeAll(async () => {
  groups = scene().collect(nowMs);
  receiver = new RemoteWriteReceiver();
  folder = mkdtempSync(join(tmpdir(), 'names-'));
  const [otlp, http] = [await freePort(), await freePort()];
  door = `http://127.0.0.1:${otlp}/v1/metrics`;
  const config = `
otelcol.receiver.otlp "agent" {
  http { endpoint = "127.0.0.1:${otlp}" }
  output { metrics = [otelcol.exporter.prometheus.agent.input] }
}
otelcol.exporter.prometheus "agent" { forward_to = [prometheus.remote_write.out.receiver] }
prometheus.remote_write "out" { endpoint { url = "${await receiver.start()}" } }
`;
  writeFileSync(join(folder, 'config.alloy'), config);
  const flags = [`--server.http.listen-addr=127.0.0.1:${http}`, `--storage.path=${folder}/data`, '--disable-reporting'];
  alloy = spawn(programPath('alloy'), ['run', join(folder, 'config.alloy'), ...flags], { stdio: 'ignore' });
});
afterAll(async () => {
  const ended = once(alloy, 'exit');
  alloy.kill();
  await ended;
  receiver.stop();
  rmSync(folder, { recursive: true });
});

function golden(name: string, text: string): void {
  const file = join(import.meta.dirname, name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Point {
  readonly attributes?: readonly KeyValue[];
  readonly [field: string]: unknown;
}
interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly histogram?: { readonly dataPoints: readonly Point[] };
  readonly sum?: { readonly dataPoints: readonly Point[] };
}
interface Request {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly { readonly metrics?: readonly Metric[] }[];
  }[];
}

function shown(attributes: readonly KeyValue[] = []): string {
  return attributes.map(({ key, value }) => `${key}=${String(Object.values(value)[0])}`).join(' ');
}

/** A line a point: resource, metric with its unit, attributes, numbers; not the times, which are of this run. */
function linesOf({ resourceMetrics }: Request): string[] {
  return resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics
      .flatMap(({ metrics = [] }) => metrics)
      .flatMap(({ name, unit = '', histogram, sum }) =>
        [...(histogram?.dataPoints ?? []), ...(sum?.dataPoints ?? [])].map(({ attributes, ...rest }) => {
          const { count, sum: total, asInt, explicitBounds = [] } = rest as Readonly<Record<string, unknown[]>>;
          const numbers = histogram ? `count ${count} sum ${total} bounds ${explicitBounds}` : `value ${asInt}`;
          return `[${shown(resource.attributes)}] ${name} (${unit}) {${shown(attributes)}} ${numbers}`;
        }),
      ),
  );
}

test('OTLP: names, units, attributes and values are the ones on record', () => {
  const lines = linesOf(decodeMessage('MetricsRequest', encodeMetrics(groups, scope, nowMs)) as unknown as Request);
  golden('names.golden.otlp', `${lines.join('\n')}\n`);
});

/** The series with their values; of buckets, the bounds of each metric. */
function seriesOf(lines: readonly string[]): string {
  const ours = lines.filter((line) => /^(http|traces)_/.test(line));
  const bounds = new Map<string, Set<string>>();
  for (const line of ours) {
    const [, name, bound] = /^(\w+_bucket)\{.*le="([^"]+)"/.exec(line) ?? [];
    if (name && bound) bounds.set(name, (bounds.get(name) ?? new Set()).add(bound));
  }
  const buckets = [...bounds].map(([name, les]) => `${name} le=${[...les].sort().join(',')}`);
  return `${[...ours.filter((line) => !/^\w+_bucket\{/.test(line)), ...buckets].join('\n')}\n`;
}

test('Prometheus: what the collector makes of them are the series on record', async () => {
  // It writes only what is younger than itself.
  const send = () =>
    fetch(door, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-protobuf' },
      body: encodeMetrics(groups, scope, Date.now()),
    }).catch(() => undefined);
  const record = join(import.meta.dirname, 'names.golden.prom');
  const updating = process.env['UPDATE_GOLDEN'] === '1';
  const wanted = updating ? '' : readFileSync(record, 'utf8');
  for (const end = performance.now() + 40_000; performance.now() < end; await elapse(500)) {
    if (alloy.exitCode !== null) throw new Error('Alloy ended');
    if (seriesOf(receiver.lines) === wanted) break;
    await send();
  }
  golden('names.golden.prom', seriesOf(receiver.lines));
}, 60_000);
