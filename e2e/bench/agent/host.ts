import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProgram, type AgentFiles } from './agent-program.ts';
import { Launcher } from './launcher.ts';
import { spreadOf, type Spread } from './spread.ts';
import { Traffic, type Asked, type Asking } from './traffic.ts';

/** A server at saturation: on over off, each pair by itself. */
export interface Saturation {
  readonly throughput: Spread;
  readonly p99: Spread;
  /** Processor time a request at the server. */
  readonly cpu: Spread;
  /** Requests a second without the agent, median. */
  readonly rate: number;
}

/** Servers are followed, those who ask them not; of an echo both are. */
export interface HostFigures {
  readonly pairs: number;
  readonly node: Saturation;
  readonly epoll: Saturation;
  /** Processor time of both ends. */
  readonly echoCpu: Spread;
  /** The agent's share of a core at the highest rate there is, and at a tenth of it; requests a second. */
  readonly fullRate: number;
  readonly cpuFull: number;
  readonly tenthRate: number;
  readonly cpuTenth: number;
  /** Resident bytes after that. */
  readonly memoryNow: number;
  readonly memoryPeak: number;
  /** Self-protection never stepped in. */
  readonly unprotected: boolean;
}

const pairs = 10;
const nodeServer = join(import.meta.dirname, 'node-server.ts');
const saturated: Asking = { shape: 'keepalive', connections: 16, warm: 500, amount: '1000ms' };
const echoed: Asking = { shape: 'echo', connections: 1, warm: 500, amount: 10_000 };
const agentWindowMs = 10_000;

interface Look {
  readonly node: Asked;
  readonly epoll: Asked;
  readonly echo: Asked;
}

const rateOf = ({ requests, wallNs }: Asked): number => (requests / wallNs) * 1e9;

/** Alternates without and with the agent. Nothing but what is started here is followed. */
export async function measureOnHost(
  files: AgentFiles,
  program: string,
  say: (text: string) => void,
): Promise<HostFigures> {
  const followed = new Launcher();
  const asking = new Launcher();
  const node = await Traffic.start(program, followed, asking, [process.execPath, nodeServer]);
  const epoll = await Traffic.start(program, followed, asking);
  const echo = await Traffic.start(program, followed, followed, [program, 'serve', 'echo']);
  const look = async (): Promise<Look> => ({
    node: await node.ask(saturated),
    epoll: await epoll.ask(saturated),
    echo: await echo.ask(echoed),
  });
  try {
    await look();
    const off: Look[] = [];
    const on: Look[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      off.push(await look());
      const agent = await AgentProgram.start(files, followed.pid);
      await agent.ready();
      on.push(await look());
      await agent.stop();
      say(`pair ${pair + 1} of ${pairs}`);
    }
    const ratio = (of: (look: Look) => number) => spreadOf(on.map((look, pair) => of(look) / of(off[pair] as Look)));
    const saturation = (server: 'node' | 'epoll'): Saturation => ({
      throughput: ratio((look) => rateOf(look[server])),
      p99: ratio((look) => look[server].p99Ns),
      cpu: ratio((look) => look[server].serverNs / look[server].requests),
      rate: spreadOf(off.map((look) => rateOf(look[server]))).median,
    });
    return {
      pairs,
      node: saturation('node'),
      epoll: saturation('epoll'),
      echoCpu: ratio((look) => look.echo.endsNs / look.echo.requests),
      ...(await agentAlone(files, followed, epoll)),
    };
  } finally {
    for (const server of [node, epoll, echo]) await server.stop();
    for (const launcher of [followed, asking]) await launcher.close();
  }
}

/** The agent's own time over one export interval, at the highest rate there is and at a tenth of it. */
async function agentAlone(files: AgentFiles, followed: Launcher, http: Traffic) {
  const agent = await AgentProgram.start(files, followed.pid);
  await agent.ready();
  await sleep(2_000);
  const window: Asking = { ...saturated, amount: `${agentWindowMs}ms`, clocks: [agent.pid] };
  const shareOf = ({ cpuNs, wallNs }: Asked) => (cpuNs[agent.pid] ?? 0) / wallNs;
  const full = await http.ask(window);
  const tenth = await http.ask({ ...window, connections: 1, rate: Math.round(rateOf(full) / 10) });
  const { now, peak } = agent.memory();
  const unprotected = (await agent.sample('protection_step')) === 0;
  await agent.stop();
  return {
    fullRate: rateOf(full),
    tenthRate: rateOf(tenth),
    cpuFull: shareOf(full),
    cpuTenth: shareOf(tenth),
    memoryNow: now,
    memoryPeak: peak,
    unprotected,
  };
}
