import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProgram, type AgentFiles } from './agent-program.ts';
import { Launcher } from './launcher.ts';
import { spreadOf, type Spread } from './spread.ts';
import { Traffic, type Asked, type Asking } from './traffic.ts';

/** On over off, each pair by itself. */
export interface HostFigures {
  readonly pairs: number;
  readonly throughput: Spread;
  readonly p99: Spread;
  /** Processor time of both ends a request. */
  readonly requestCpu: Spread;
  readonly echoCpu: Spread;
  /** Requests a second at saturation with the agent, median. */
  readonly rate: number;
  /** The agent's share of a core at that rate, and at a tenth of it. */
  readonly cpuFull: number;
  readonly cpuTenth: number;
  readonly tenthRate: number;
  /** Resident bytes after that. */
  readonly memoryNow: number;
  readonly memoryPeak: number;
  /** Self-protection never stepped in. */
  readonly unprotected: boolean;
}

const pairs = 10;
const saturated: Asking = { shape: 'keepalive', connections: 16, warm: 500, amount: '1000ms' };
const echoed: Asking = { shape: 'echo', connections: 1, warm: 500, amount: 10_000 };
const agentWindowMs = 10_000;

interface Look {
  readonly http: Asked;
  readonly echo: Asked;
}

const cpuOf = ({ endsNs, requests }: Asked): number => endsNs / requests;
const rateOf = ({ requests, wallNs }: Asked): number => (requests / wallNs) * 1e9;

/** Alternates without and with the agent. Only the two servers and their clients are followed. */
export async function measureOnHost(
  files: AgentFiles,
  program: string,
  say: (text: string) => void,
): Promise<HostFigures> {
  const launcher = new Launcher();
  const http = await Traffic.start(launcher, program);
  const echo = await Traffic.start(launcher, program, 'echo');
  const look = async (): Promise<Look> => ({ http: await http.ask(saturated), echo: await echo.ask(echoed) });
  try {
    await look();
    const off: Look[] = [];
    const on: Look[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      off.push(await look());
      const agent = await AgentProgram.start(files, launcher.pid);
      await agent.ready();
      on.push(await look());
      await agent.stop();
      say(`pair ${pair + 1} of ${pairs}`);
    }
    const ratio = (of: (look: Look) => number) => spreadOf(on.map((look, pair) => of(look) / of(off[pair] as Look)));
    return {
      pairs,
      throughput: ratio((look) => rateOf(look.http)),
      p99: ratio((look) => look.http.p99Ns),
      requestCpu: ratio((look) => cpuOf(look.http)),
      echoCpu: ratio((look) => cpuOf(look.echo)),
      ...(await agentAlone(files, launcher, http)),
    };
  } finally {
    await http.stop();
    await echo.stop();
    await launcher.close();
  }
}

/** The agent's own time over one export interval, at the highest rate there is and at a tenth of it. */
async function agentAlone(files: AgentFiles, launcher: Launcher, http: Traffic) {
  const agent = await AgentProgram.start(files, launcher.pid);
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
    rate: rateOf(full),
    tenthRate: rateOf(tenth),
    cpuFull: shareOf(full),
    cpuTenth: shareOf(tenth),
    memoryNow: now,
    memoryPeak: peak,
    unprotected,
  };
}
