import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import type { Summary } from './local/index.ts';
import { OtlpReceiver } from './otlp/receiver.fixture.ts';
import { childOf, PidNamespace } from './testing/pid-namespace.fixture.ts';
import { Program } from './testing/program.fixture.ts';

// Needs root and a kernel that carries the probes; follows only programs it starts itself, in a namespace of its own.
const file = (name: string) => fileURLToPath(new URL(`testing/${name}.fixture.ts`, import.meta.url));

let namespace: PidNamespace;
let receiver: OtlpReceiver;
let programs: Program[] = [];

function run(name: string, args: readonly string[] = [], entering: readonly string[] = []): Program {
  const program = new Program(file(name), args, {}, entering);
  programs.push(program);
  return program;
}

const portOf = async (server: Program) => (JSON.parse(await server.line()) as { port: number }).port;
const counted = (route: string) => receiver.count('http.server.request.duration', { 'http.route': route });

async function repeat(seen: () => boolean, request: () => Promise<unknown>): Promise<void> {
  for (const end = performance.now() + 30_000; !seen() && performance.now() < end;) {
    await request();
    await receiver.until(seen, 500).catch(() => undefined);
  }
}

beforeAll(async () => {
  namespace = await PidNamespace.open();
  receiver = await OtlpReceiver.start();
}, 60_000);
afterAll(async () => {
  await namespace.close();
  for (const program of programs) await program.stop();
  receiver.stop();
});

test('on a node that is a container, what its /proc names is followed, and not who has that id outside', async () => {
  const outside = run('shop-server');
  const inside = run('shop-server', [], namespace.entering(outside.pid));
  const [outsidePort, insidePort] = [await portOf(outside), await portOf(inside)];
  const client = run('shop-client');
  const ask = (port: number, path: string, times: number) =>
    client.ask(JSON.stringify({ port, path, times, connections: 2 }));

  const flags = ['--local', '--json', '--exec', process.execPath, '--otlp', receiver.endpoint, '--interval', '300ms'];
  const agent = run('agent-program', flags, namespace.entering());
  const early = () => counted('/early') + counted('/stray') > 0;
  await repeat(early, async () => {
    agent.mustRun();
    await ask(insidePort, '/early', 1);
    await ask(outsidePort, '/stray', 1);
  });

  // Followed from its exec on: the next look at /proc is a minute away.
  const late = run('shop-server', [], namespace.entering());
  const latePort = await portOf(late);
  await repeat(
    () => counted('/late') > 0,
    () => ask(latePort, '/late', 1),
  );
  await ask(insidePort, '/inside/%', 70);
  await ask(latePort, '/inside/%', 30);
  await ask(outsidePort, '/stray', 50);
  await receiver.until(() => counted('/inside/{id}') === 100).catch(() => undefined);

  process.kill(childOf(late.pid));
  // What entered the namespace for it ends with it.
  await late.stop('SIGCONT');
  const last = agent.line();
  process.kill(childOf(agent.pid), 'SIGINT');
  const summary = JSON.parse(await last) as Summary;
  expect(counted('/inside/{id}')).toBe(100);
  expect(counted('/stray')).toBe(0);
  expect([summary.followed, summary.targets]).toEqual([2, 1]);
  expect(summary.coverage).toBe(1);
}, 120_000);

test('where /proc is of neither, the agent says what it needs and follows nobody', async () => {
  const deeper = [...namespace.entering(), 'unshare', '--pid', '--fork', '--kill-child'];
  const agent = run('agent-program', ['--local', '--exec', process.execPath], deeper);
  await expect(agent.line()).rejects.toThrow(/process-ids \(needs the initial PID namespace \(hostPID: true\)/);
}, 60_000);
