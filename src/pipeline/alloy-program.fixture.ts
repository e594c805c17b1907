import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from '@jest/globals';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

/** The real program; a test without it fails. */
export const alloyProgram = join(cache, 'ostack', 'bin', 'alloy-v1.11.0');

export function alloy(...args: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
  readonly error: string;
} {
  if (!existsSync(alloyProgram)) throw new Error(`${alloyProgram} is missing: build it first`);
  const { status, stdout, stderr } = spawnSync(alloyProgram, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, text: stdout, error: stderr };
}

/** A folder that is gone when the tests have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ostack-alloy-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await Promise.resolve(ask()).catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await sleep(100);
  }
}

export interface RunningAlloy {
  readonly url: string;
  readonly folder: string;
  log(): string;
  metrics(): Promise<string>;
  unhealthy(): Promise<number>;
  reload(): Promise<number>;
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly stability: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** A service account, put where a pod has it. */
  readonly account?: string;
}

// A mount namespace of its own, so that nothing is written where others look.
const asPod = 'mount -t tmpfs none /run && mkdir -p "$1" && cp "$2"/* "$1" && shift 2 && exec "$@"';
const accountPath = '/run/secrets/kubernetes.io/serviceaccount';

/** Alloy running a configuration, ready; to be stopped by its own handle. */
export async function runAlloy(text: string, options: RunOptions): Promise<RunningAlloy> {
  const folder = options.folder ?? temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'config.alloy');
  writeFileSync(file, text);
  const command = [
    alloyProgram,
    'run',
    file,
    `--server.http.listen-addr=127.0.0.1:${port}`,
    `--storage.path=${join(folder, 'storage')}`,
    '--disable-reporting',
    `--stability.level=${options.stability}`,
  ];
  const [program = '', ...args] =
    options.account === undefined
      ? command
      : [
          'unshare',
          '--mount',
          '--propagation',
          'private',
          'sh',
          '-c',
          asPod,
          'sh',
          accountPath,
          options.account,
          ...command,
        ];
  let log = '';
  const child = spawn(program, args, { env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  const stop = () => stopped(child).then(() => rmSync(folder, { recursive: true, force: true }));
  try {
    await until('Alloy to be ready', 60_000, async () => {
      if (child.exitCode !== null) return 'ended';
      return (await fetch(`${url}/-/ready`)).ok ? 'ready' : undefined;
    });
    if (child.exitCode !== null) throw new Error(`Alloy ended with ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${log}`, { cause: error });
  }
  const metrics = () => fetch(`${url}/metrics`).then((answer) => answer.text());
  return {
    url,
    folder,
    log: () => log,
    metrics,
    unhealthy: async () =>
      sum(
        await metrics(),
        /^alloy_component_controller_running_components\{.*health_type="(?:unhealthy|exited)".*\} (\S+)$/gm,
      ),
    reload: () => fetch(`${url}/-/reload`, { method: 'POST' }).then(({ status }) => status),
    stop,
  };
}

/** The sum over all series a pattern matches; its first group is the value. */
export function sum(metrics: string, pattern: RegExp): number {
  return [...metrics.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}
