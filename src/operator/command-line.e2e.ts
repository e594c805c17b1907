import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Live } from '../kube/index.ts';
import { freePorts } from '../../e2e/cluster/control-plane.ts';
import { leastOf } from '../lib/least.fixture.ts';
import { plainHttp } from './canary/http.ts';
import { systemClock } from '../lib/clock.ts';
import { eventually, startWorld, type World } from './testing/world.fixture.ts';

const main = join(import.meta.dirname, '../cli/main.ts');
const dir = mkdtempSync(join(tmpdir(), 'ostack-command-line-'));
const namespace = 'command-line';
const ref = { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', namespace, name: 'demo' };
const children = new Set<ChildProcess>();
let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
}, 120_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** Starts `ostack operator` as a process of its own and waits until it is ready; no canary of it can reach anything here. */
async function operator(name: string): Promise<ChildProcess> {
  const [port = 0] = await freePorts(1);
  const env = { ...process.env, POD_NAME: name, OSTACK_LOG_LEVEL: 'warn' };
  const args = [
    'operator',
    '--kubeconfig',
    world.plane.kubeconfig,
    '--port',
    `${port}`,
    '--lease-namespace',
    'default',
  ];
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await eventually(`${name} to be ready`, async () => {
    expect((await plainHttp(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });
  return child;
}

async function ostack(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [main, ...args, '--kubeconfig', world.plane.kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out };
}

const leader = async (): Promise<string> => {
  const lease = await world.get({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace: 'default',
    name: 'ostack-operator',
  });
  return (lease?.['spec'] as { holderIdentity?: string } | undefined)?.holderIdentity ?? '';
};

const service = { apiVersion: 'v1', kind: 'Service', namespace, name: 'demo-tempo' };
const repaired = (before: Live | undefined) =>
  eventually(
    'the Service to be made again',
    async () => {
      expect((await world.get(service))?.metadata.uid ?? before?.metadata.uid).not.toBe(before?.metadata.uid);
    },
    30_000,
  );

function stackFile(spec: object): string {
  const file = join(dir, 'stack.yaml');
  const { apiVersion, kind, name } = ref;
  writeFileSync(file, JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec }));
  return file;
}

describe('ostack operator', () => {
  test('that is killed is followed by another within 20 s; one that is told to stop, within 2 s', async () => {
    const first = await operator('first');
    await eventually('the first to lead', async () => expect(await leader()).toBe('first'), 30_000);
    const second = await operator('second');
    await world.apply({
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace },
      spec: {},
    });
    await eventually('the children', async () => expect(await world.get(service)).toBeDefined(), 30_000);
    await systemClock.sleep(3000);
    await world.mark();

    first.kill('SIGKILL');
    const killed = performance.now();
    await eventually('the second to lead', async () => expect(await leader()).toBe('second'), 30_000);
    const tookOver = performance.now() - killed;
    expect(tookOver).toBeLessThan(20_000);
    const before = await world.get(service);
    await world.remove(service);
    await repaired(before);
    expect(world.writes().filter((w) => w.resource === 'services')).toHaveLength(1);

    let leads = second;
    const stopped = await leastOf(2000, async () => {
      const name = `after-${leads.pid}`;
      const next = await operator(name);
      await systemClock.sleep(2000);
      const stopping = performance.now();
      leads.kill('SIGTERM');
      const exitCode = await new Promise((resolve) => leads.once('exit', resolve));
      const tookMs = performance.now() - stopping;
      expect(exitCode).toBe(0);
      await eventually('the next to lead', async () => expect(await leader()).toBe(name), 30_000);
      leads = next;
      return tookMs;
    });
    expect(stopped).toBeLessThanOrEqual(2000);
    console.log(`killed: ${tookOver.toFixed(0)} ms; told to stop: ${stopped.toFixed(0)} ms`);
    leads.kill('SIGTERM');
    await new Promise((resolve) => leads.once('exit', resolve));
  }, 180_000);
});

describe('ostack status', () => {
  test('shows conditions and components, and exits 1 as nothing was proven', async () => {
    const { code, out } = await ostack('status', 'demo', '-n', namespace);
    expect(code).toBe(1);
    expect(out).toMatch(/TracesReady +True +Available/);
    expect(out).toMatch(/tempo +1\/1 +1 +Ready/);
    const json = await ostack('status', '-n', namespace, '-o', 'json');
    expect(JSON.parse(json.out)).toMatchObject([{ name: 'demo', namespace, status: { observedGeneration: 1 } }]);
  }, 60_000);

  test('--watch shows the stack again whenever it changes, until it is told to stop', async () => {
    const { apiVersion, kind, name } = ref;
    await world.apply({ apiVersion, kind, metadata: { name, namespace }, spec: {} });
    const args = [
      main,
      'status',
      'demo',
      '-n',
      namespace,
      '--watch',
      '-o',
      'json',
      '--kubeconfig',
      world.plane.kubeconfig,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const shown = (): { generation: number }[] =>
      out
        .split(/^(?=\[$)/m)
        .filter((part) => part.trim().endsWith(']'))
        .map((part) => (JSON.parse(part) as [{ generation: number }])[0]);
    await eventually('the stack as it is', () => expect(shown()).toHaveLength(1), 30_000);
    const { generation } = shown()[0]!;
    await world.patch(ref, { metadata: { labels: { team: 'blue' } } });
    await eventually('the stack with its label', () => expect(shown()).toHaveLength(2));
    await world.patch(ref, { spec: { sampling: { baselinePercent: 21 } } });
    await eventually('the newer spec', () => expect(shown().at(-1)?.generation).toBe(generation + 1));
    await world.patch(ref, { spec: { sampling: null } });
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  }, 60_000);

  test('says that there is no such stack', async () => {
    expect(await ostack('status', 'nobody', '-n', namespace)).toEqual({ code: 1, out: '' });
  }, 60_000);
});

describe('ostack diff', () => {
  test('finds nothing in what runs, and writes nothing', async () => {
    await world.mark();
    const { code, out } = await ostack('diff', '-f', stackFile({}), '-n', namespace);
    expect({ code, out: out.slice(0, 2000) }).toEqual({ code: 0, out: 'no difference\n' });
    expect(world.writes()).toEqual([]);
  }, 60_000);

  test('shows what a change would change, create and delete', async () => {
    const spec = { sampling: { baselinePercent: 33 }, logs: { backend: 'None' }, security: { networkPolicies: true } };
    const { code, out } = await ostack('diff', '-f', stackFile(spec), '-n', namespace);
    expect(code).toBe(1);
    const said = out.split('\n').filter((line) => /^(change|create|delete) /.test(line));
    expect(said).toEqual(
      expect.arrayContaining([
        'change ConfigMap command-line/demo-sampling',
        'create NetworkPolicy command-line/demo-tempo',
        'delete StatefulSet command-line/demo-loki',
      ]),
    );
    expect(out.endsWith(`${said.length} objects differ\n`)).toBe(true);
    expect(await world.get({ ...service, kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' })).toBeUndefined();
  }, 60_000);
});
