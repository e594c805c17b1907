/** Runs in a guest whose nanoseconds are instructions; prints one figure a line for guest-run.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProgram, type AgentFiles } from './agent-program.ts';
import { figureLine, type GuestFigure, type GuestPart } from './guest-figure.ts';
import { Launcher } from './launcher.ts';
import { Traffic, type Asking } from './traffic.ts';

const trafficProgram = '/bin/traffic';
const shapesProgram = '/bin/shapes';
const files: AgentFiles = { program: '/agent/agent.mjs', probes: '/repository/bpf/built', directory: '/tmp' };
const keepAlive: Asking = { shape: 'keepalive', connections: 1, warm: 200, amount: 1_000 };
const connect: Asking = { shape: 'fresh', connections: 1, warm: 20, amount: 100 };
const large: Asking = { shape: 'keepalive', connections: 1, warm: 10, amount: 50, path: '/size/300000' };
const steadyMs = 10_000;

function say(name: GuestFigure, value: number): void {
  console.log(figureLine(name, value));
}

interface Side {
  readonly launcher: Launcher;
  readonly traffic: Traffic;
}

async function side(): Promise<Side> {
  const launcher = new Launcher();
  return { launcher, traffic: await Traffic.start(trafficProgram, launcher) };
}

/** The least of a few runs: what disturbs a run only ever adds to it. */
async function least(measure: () => Promise<number>): Promise<number> {
  let found = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) found = Math.min(found, await measure());
  return found;
}

/** Instructions a request at both ends. */
function perRequest(traffic: Traffic, asking: Asking): Promise<number> {
  return least(async () => {
    const { endsNs, requests } = await traffic.ask(asking);
    return endsNs / requests;
  });
}

function getppid({ launcher }: Side): Promise<number> {
  return least(async () => Number(await launcher.run([trafficProgram, 'getppid', 20_000])));
}

/** What following costs those who are followed, and those who are not. */
async function cost(selected: Side, others: Side): Promise<void> {
  const off = await perRequest(selected.traffic, keepAlive);
  const offConnect = await perRequest(selected.traffic, connect);
  const offLarge = await perRequest(selected.traffic, large);
  const offSyscall = await getppid(others);
  const agent = await AgentProgram.start(files, selected.launcher.pid);
  await agent.ready();
  say('keepAlive', off);
  say('keepAliveAdded', (await perRequest(selected.traffic, keepAlive)) - off);
  say('unselectedAdded', (await perRequest(others.traffic, keepAlive)) - off);
  say('connectAdded', (await perRequest(selected.traffic, connect)) - offConnect);
  say('largeAdded', (await perRequest(selected.traffic, large)) - offLarge);
  say('syscallRatio', (await getppid(others)) / offSyscall);
  writeFileSync('/proc/sys/kernel/bpf_stats_enabled', '1');
  const before = agent.holdings().runs;
  const { requests } = await selected.traffic.ask({ ...keepAlive, warm: 0 });
  say('runs', (agent.holdings().runs - before) / requests);
  writeFileSync('/proc/sys/kernel/bpf_stats_enabled', '0');
  say('mapBytes', agent.holdings().mapBytes);
  await agent.stop();
}

/** The agent's own processor time over one export interval, under a load that never pauses. */
async function steady(selected: Side): Promise<void> {
  const agent = await AgentProgram.start(files, selected.launcher.pid);
  await agent.ready();
  await selected.traffic.ask({ ...keepAlive, amount: '500ms' });
  const asked = await selected.traffic.ask({ ...keepAlive, amount: `${steadyMs}ms`, clocks: [agent.pid] });
  say('steadyRate', (asked.requests / asked.wallNs) * 1e9);
  say('agentPer1000', (1_000 * (asked.cpuNs[agent.pid] ?? 0)) / asked.requests);
  say('memoryNow', agent.memory().now);
  say('memoryPeak', agent.memory().peak);
  say('protection', await agent.sample('protection_step'));
  await agent.stop();
}

/** A request a millisecond from the moment the agent is started: the ones it missed say how long it took to be live. */
async function live(selected: Side): Promise<void> {
  const rate = 1_000;
  const agent = await AgentProgram.start(files, selected.launcher.pid);
  const asked = await selected.traffic.ask({ ...keepAlive, warm: 0, amount: 5 * rate, rate });
  say('liveMs', asked.requests - (await agent.exchanges()) / 2);
  await agent.stop();
}

/** What the kernel's model finds hard, against the server's own counters. */
async function exact({ launcher }: Side): Promise<void> {
  const agent = await AgentProgram.start(files, launcher.pid);
  await agent.ready();
  const lost = async (...shape: readonly (string | number)[]) => {
    const { pid, output } = await launcher.hold([shapesProgram, 'server']);
    const before = await agent.exchanges();
    await launcher.run([shapesProgram, 'client', output.trim(), ...shape], 'go\n');
    const truth = (await launcher.end(pid)).trim().split('\n');
    const answered = truth.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    return { answered, lost: 2 * answered - ((await agent.exchanges()) - before) };
  };
  const pipelined = await lost('pipeline', 8, 100);
  say('pipelined', pipelined.answered);
  say('pipelinedLost', pipelined.lost);
  const split = await lost('split');
  say('split', split.answered);
  say('splitLost', split.lost);
  await agent.stop();
}

async function main(): Promise<void> {
  const parts = (JSON.parse(process.env['OSTACK_JOB'] ?? '{}') as { parts: readonly GuestPart[] }).parts;
  const selected = await side();
  const others = await side();
  await sleep(100);
  const possible = readFileSync('/sys/devices/system/cpu/possible', 'utf8');
  say('possibleCpus', Number(possible.trim().split('-').at(-1)) + 1);
  if (parts.includes('cost')) await cost(selected, others);
  if (parts.includes('steady')) await steady(selected);
  if (parts.includes('live')) await live(selected);
  if (parts.includes('exact')) await exact(selected);
  if (parts.includes('maps')) {
    const agent = await AgentProgram.start(files, selected.launcher.pid);
    await agent.ready();
    say('wideMapBytes', agent.holdings().mapBytes);
    await agent.stop();
  }
  for (const { launcher, traffic } of [selected, others]) {
    await traffic.stop();
    await launcher.close();
  }
}

await main();
