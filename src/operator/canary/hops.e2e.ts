import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../../e2e/cluster/control-plane.ts';
import { programPath } from '../../../e2e/cluster/programs.ts';
import { systemClock } from '../../lib/clock.ts';
import { diagnose } from './diagnose.ts';
import { evidenceOf, snapshot } from './evidence.ts';
import { plainHttp } from './http.ts';
import { round } from './round.ts';

const alloy = programPath('alloy');
const dir = mkdtempSync(join(tmpdir(), 'ostack-hops-'));
let child: ChildProcess;
let ports: { internal: number; nodes: number; http: number; tempo: number; mimir: number; loki: number };

/** Both roles in one Alloy, under the names the pipeline gives its components; nobody listens behind it. */
const configuration = (): string => `
otelcol.receiver.otlp "internal" {
  http { endpoint = "127.0.0.1:${ports.internal}" }
  output {
    traces  = [otelcol.exporter.loadbalancing.samplers.input]
    metrics = [otelcol.exporter.prometheus.applications.input]
    logs    = [otelcol.exporter.otlphttp.loki.input]
  }
}
otelcol.exporter.loadbalancing "samplers" {
  resolver { static { hostnames = ["127.0.0.1:${ports.nodes}"] } }
  protocol { otlp { client { tls { insecure = true } } } }
}
otelcol.receiver.otlp "nodes" {
  grpc { endpoint = "127.0.0.1:${ports.nodes}" }
  output { traces = [otelcol.exporter.otlp.tempo.input] }
}
otelcol.exporter.otlp "tempo" {
  retry_on_failure { max_elapsed_time = "0s" }
  client {
    endpoint = "127.0.0.1:${ports.tempo}"
    tls { insecure = true }
  }
}
otelcol.exporter.prometheus "applications" { forward_to = [prometheus.remote_write.metrics.receiver] }
prometheus.remote_write "metrics" { endpoint { url = "http://127.0.0.1:${ports.mimir}/api/v1/push" } }
otelcol.exporter.otlphttp "loki" {
  retry_on_failure { max_elapsed_time = "0s" }
  client { endpoint = "http://127.0.0.1:${ports.loki}/otlp" }
}
`;

beforeAll(async () => {
  if (!existsSync(alloy)) throw new Error(`${alloy} is missing: build the programs of the cluster`);
  const [internal = 0, nodes = 0, http = 0, tempo = 0, mimir = 0, loki = 0] = await freePorts(6);
  ports = { internal, nodes, http, tempo, mimir, loki };
  const file = join(dir, 'config.alloy');
  writeFileSync(file, configuration());
  const flags = [`--server.http.listen-addr=127.0.0.1:${http}`, `--storage.path=${join(dir, 'data')}`];
  child = spawn(alloy, ['run', ...flags, file], { stdio: 'ignore' });
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await plainHttp(`http://127.0.0.1:${http}/-/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await systemClock.sleep(100);
  }
  throw new Error('Alloy is not ready within 30 s');
}, 60_000);

afterAll(async () => {
  if (child?.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

test('the counters of a real Alloy name the hop where each signal ends', async () => {
  const page = new Map([['alloy-0', `http://127.0.0.1:${ports.http}/metrics`]]);
  const pods = { nodes: page, samplers: page };
  const mimir = `http://127.0.0.1:${ports.mimir}`;
  const before = await snapshot(plainHttp, pods, mimir);
  const trips = await round({
    http: plainHttp,
    clock: systemClock,
    endpoints: {
      internalOtlp: `http://127.0.0.1:${ports.internal}`,
      tempo: `http://127.0.0.1:${ports.tempo}`,
      mimir,
      loki: `http://127.0.0.1:${ports.loki}`,
    },
    signals: ['traces', 'metrics', 'logs'],
    deadlineMs: 4000,
    signal: new AbortController().signal,
  });
  expect(trips.map(({ sent, found }) => ({ sent, found }))).toEqual(trips.map(() => ({ sent: true, found: false })));
  const ends = ['alloy-sampler → tempo', 'alloy-node → mimir', 'alloy-node → loki'];
  const named = async () => {
    const evidence = evidenceOf(before, await snapshot(plainHttp, pods, mimir), 1);
    return trips.map(({ signal, sent }) => diagnose(signal, { ...evidence, sent }));
  };
  // On a busy machine the spans may still be on their way to the sampler when the round ends.
  for (let waits = 0; waits < 60 && (await named()).join() !== ends.join(); waits++) await systemClock.sleep(500);
  expect(await named()).toEqual(ends);
}, 120_000);
