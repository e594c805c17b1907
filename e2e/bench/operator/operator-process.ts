import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, type ControlPlane } from '../../cluster/control-plane.ts';
import { until } from './until.ts';

/** The operator's name in the audit log. */
export const operatorUser = 'operator';

/** The bundled operator in a process of its own, started as in its pod. */
export interface OperatorProcess {
  readonly pid: number;
  /** Memory in bytes: now, and the most since the start. */
  memory(): { readonly rss: number; readonly peak: number };
  /** Processor time used so far, in milliseconds. */
  cpuMs(): number;
  /** Tells it to stop, and resolves when it has. */
  stop(): Promise<void>;
}

/** Flags of Node to try out, or to profile with. */
const flags = process.env['OPERATOR_NODE_FLAGS']?.split(' ') ?? [];
const bundle = join(import.meta.dirname, '../../../dist/ostack.mjs');
const route = join(import.meta.dirname, 'route-to-stand-ins.mjs');
/** A mount namespace of its own, where the account's files are where a kubelet puts them. */
const asInPod = `mount -t tmpfs tmpfs /run
mkdir -p /run/secrets/kubernetes.io
cp -r "$0" /run/secrets/kubernetes.io/serviceaccount
exec "$@"`;

/** Starts it and waits until it leads and has seen everything. Throws an Error with the end of its log if it does not. */
export async function startOperatorProcess(
  plane: ControlPlane,
  options: { readonly dir: string; readonly backends: string },
): Promise<OperatorProcess> {
  const { dir, backends } = options;
  const account = join(dir, 'account');
  mkdirSync(account, { recursive: true });
  writeFileSync(join(account, 'ca.crt'), readFileSync(plane.certificate));
  writeFileSync(join(account, 'token'), plane.tokens[operatorUser]!);
  writeFileSync(join(account, 'namespace'), 'default');
  const [port] = await freePorts(1);
  const program = [process.execPath, ...flags, `--import=${route}`, bundle, 'operator', '--port', String(port)];
  const logFile = join(dir, 'operator.log');
  const log = openSync(logFile, 'a');
  const { hostname, port: serverPort } = new URL(plane.url);
  const child = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-ec', asInPod, account, ...program], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: serverPort,
      POD_NAMESPACE: 'default',
      OSTACK_IMAGE: 'ostack.test/ostack:dev',
      OSTACK_STAND_INS: backends,
    },
  });
  const exited = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const tail = (): string => readFileSync(logFile, 'utf8').slice(-2000);
  const pid = child.pid ?? 0;
  await until('the operator to lead', 60_000, async () => {
    if (gone()) throw new Error(`the operator ended; the end of its log:\n${tail()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    return (await answer?.text())?.includes('ostack_operator_leading 1') === true;
  });
  return {
    pid,
    memory: () => ({ rss: kilobytes(pid, 'VmRSS') * 1024, peak: kilobytes(pid, 'VmHWM') * 1024 }),
    cpuMs: () => ticksOf(pid) * 10,
    async stop() {
      process.off('exit', kill);
      if (!gone()) child.kill('SIGTERM');
      await exited;
    },
  };
}

function kilobytes(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`the operator is gone: no ${field} of process ${pid}`);
  return Number(found[1]);
}

/** User and system time in clock ticks, a hundredth of a second each. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
