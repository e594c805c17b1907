import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from './programs.ts';

export interface ControlPlane {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  /** Bearer token of a cluster administrator. */
  readonly token: string;
  /** Bearer token of each of the other administrators asked for, whom the audit log tells apart. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Path of the server's certificate, which is its own authority. */
  readonly certificate: string;
  /** Path of a kubeconfig with the token of the administrator. */
  readonly kubeconfig: string;
  /** Path of the API server's audit log (level Metadata, one JSON event a line); empty unless asked for. */
  readonly auditLog: string;
  /** Ends the API server (its state stays) and starts it again on the same port. */
  restartApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real etcd and kube-apiserver on loopback, nothing else: no controllers, no node. Everything they write is below
 * `dir`. Throws an Error naming the program that is missing.
 */
export async function startControlPlane(options: {
  dir: string;
  audit?: boolean;
  /** Names of more administrators. */
  users?: readonly string[];
}): Promise<ControlPlane> {
  const { dir, users = [] } = options;
  mkdirSync(join(dir, 'certs'), { recursive: true });
  const etcd = existing('etcd');
  const server = existing('kube-apiserver');
  const [client, peer, port] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  const tokens = Object.fromEntries(users.map((user) => [user, randomBytes(16).toString('hex')]));
  const accounts = Object.entries({ ...tokens, admin: token });
  const lines = accounts.map(([user, secret]) => `${secret},${user},${user},system:masters\n`);
  writeFileSync(join(dir, 'tokens.csv'), lines.join(''));
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'sa.key'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(dir, 'sa.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const auditLog = options.audit ? join(dir, 'audit.log') : '';
  const audit = options.audit ? auditArguments(dir, auditLog) : [];

  const running = new Set<ChildProcess>();
  const abandon = () => running.forEach((child) => child.kill('SIGKILL'));
  process.once('exit', abandon);
  const start = (name: string, program: string, args: readonly string[]) => {
    const log = openSync(join(dir, `${name}.log`), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };
  start('etcd', etcd, [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]);
  const startServer = () =>
    start('kube-apiserver', server, [
      `--etcd-servers=http://127.0.0.1:${client}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${join(dir, 'certs')}`,
      `--token-auth-file=${join(dir, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(dir, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
      // Without its controller the account would never appear, and no pod could be made.
      '--disable-admission-plugins=ServiceAccount',
      ...audit,
    ]);
  const url = `https://127.0.0.1:${port}`;
  const ready = () => waitReady(url, token, join(dir, 'kube-apiserver.log'), apiServer);
  let apiServer = startServer();
  const stop = async () => {
    process.off('exit', abandon);
    await Promise.all([...running].map(end));
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = join(dir, 'kubeconfig');
  const certificate = join(dir, 'certs', 'apiserver.crt');
  writeFileSync(kubeconfig, kubeconfigText(url, token, readFileSync(certificate)));
  return {
    url,
    token,
    tokens,
    certificate,
    kubeconfig,
    auditLog,
    async restartApiServer() {
      await end(apiServer);
      apiServer = startServer();
      await ready();
    },
    stop,
  };
}

function existing(name: string): string {
  const program = programPath(name);
  if (!existsSync(program)) throw new Error(`${program} is missing: make programs`);
  return program;
}

/** Ports of loopback that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function auditArguments(dir: string, auditLog: string): string[] {
  const policy = join(dir, 'audit-policy.yaml');
  const rules = [{ level: 'Metadata', omitStages: ['RequestReceived'] }];
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${auditLog}`, '--audit-log-mode=blocking'];
}

async function waitReady(url: string, token: string, log: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    if (await isReady(url, token)) return;
    await sleep(100);
  }
  const tail = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
  throw new Error(`kube-apiserver is not ready; the end of its log:\n${tail}`);
}

function isReady(url: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    // Its certificate is made at the first start, so there is none to check yet.
    const asked = request(`${url}/readyz`, { headers, rejectUnauthorized: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

function kubeconfigText(url: string, token: string, ca: Buffer): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': ca.toString('base64') } }],
    users: [{ name: 'admin', user: { token } }],
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
