import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface AgentFiles {
  /** The bundled agent. */
  readonly program: string;
  /** Directory of the built probes. */
  readonly probes: string;
  /** Where its configuration may be written. */
  readonly directory: string;
}

/** What the kernel holds for the agent, from its descriptors. */
export interface Holdings {
  /** Program runs since statistics were switched on. */
  readonly runs: number;
  /** Bytes of its maps. */
  readonly mapBytes: number;
}

const healthPort = 19_465;
const keptPercent = 0.1;

/** The agent as the DaemonSet runs it, following one process and its children, and a receiver that takes what it sends. */
export class AgentProgram {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #receiver: http.Server;

  private constructor(child: ChildProcess, receiver: http.Server) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.#receiver = receiver;
  }

  /** Resolves when it was started, not when it is ready. */
  static async start({ program, probes, directory }: AgentFiles, followed: number): Promise<AgentProgram> {
    const receiver = http.createServer((request, response) => {
      request.resume().on('end', () => response.end());
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const { port } = receiver.address() as AddressInfo;
    const file = join(directory, 'agent.json');
    const config = {
      discovery: { pids: [followed] },
      sampling: { baselinePercent: keptPercent, keep: { errors: true, slowerThan: '500ms' } },
      otlp: { endpoint: `http://127.0.0.1:${port}` },
      health: { port: healthPort },
    };
    writeFileSync(file, JSON.stringify(config));
    const env = { ...process.env, OSTACK_BPF: probes, NODE_OPTIONS: '--max-semi-space-size=2' };
    const child = spawn(process.execPath, [program, '--config', file, '--log-level', 'warn'], {
      env,
      stdio: 'inherit',
    });
    return new AgentProgram(child, receiver);
  }

  /** Resolves when it follows somebody. */
  async ready(): Promise<void> {
    for (;;) {
      const body = await this.#get('/readyz').catch(() => '{}');
      if (((JSON.parse(body) as { targets?: number }).targets ?? 0) > 0) return;
      if (this.#child.exitCode !== null) throw new Error(`the agent ended: exit ${this.#child.exitCode}`);
      await sleep(50);
    }
  }

  /** A sample of /metrics, without its prefix; 0 if there is none. */
  async sample(name: string): Promise<number> {
    const line = (await this.#get('/metrics')).split('\n').find((text) => text.startsWith(`ostack_agent_${name} `));
    return Number(line?.slice(line.lastIndexOf(' ')) ?? 0);
  }

  /** Exchanges counted so far, both ends. Waits until what has just ended is settled. */
  async exchanges(): Promise<number> {
    await sleep(300);
    return this.sample('kernel_events_total{event="exchanges"}');
  }

  holdings(): Holdings {
    const folder = `/proc/${this.pid}/fdinfo`;
    const maps = new Map<string, number>();
    let runs = 0;
    for (const fd of readdirSync(folder)) {
      const fields = fieldsOf(join(folder, fd));
      const map = fields.get('map_id');
      if (map !== undefined) maps.set(map, Number(fields.get('memlock')));
      runs += Number(fields.get('run_cnt') ?? 0);
    }
    return { runs, mapBytes: [...maps.values()].reduce((sum, bytes) => sum + bytes, 0) };
  }

  /** Resident memory, bytes: now and at most. */
  memory(): { readonly now: number; readonly peak: number } {
    const fields = fieldsOf(`/proc/${this.pid}/status`);
    const bytes = (name: string) => Number.parseInt(fields.get(name) ?? '0', 10) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    if (this.#child.exitCode === null && this.#child.kill()) await gone;
    this.#receiver.closeAllConnections();
    this.#receiver.close();
  }

  async #get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${healthPort}${path}`)).text();
  }
}

/** Lines "name: value" of a file in /proc; none if it is gone. */
function fieldsOf(file: string): Map<string, string> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(lines.map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]));
  } catch {
    return new Map();
  }
}
