import type { Launcher } from './launcher.ts';

export interface Asking {
  readonly shape: 'keepalive' | 'fresh' | 'echo';
  readonly connections: number;
  /** Requests before the measured ones. */
  readonly warm: number;
  /** Requests, or a time such as '500ms'. */
  readonly amount: number | `${number}ms`;
  /** Requests a second on the one connection; 0: as many as come back. */
  readonly rate?: number;
  readonly path?: string;
  /** Processes besides the two ends whose processor time is wanted. */
  readonly clocks?: readonly number[];
}

/** What the measured requests took. Processor times are of the whole process. */
export interface Asked {
  readonly requests: number;
  readonly wallNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** Of the two ends together. */
  readonly endsNs: number;
  /** Of each of `clocks`. */
  readonly cpuNs: Readonly<Record<string, number>>;
}

/** A server, and clients that ask it, all of one launcher. */
export class Traffic {
  readonly #launcher: Launcher;
  readonly #program: string;
  readonly #server: { readonly pid: number; readonly port: number };

  private constructor(launcher: Launcher, program: string, server: { pid: number; port: number }) {
    this.#launcher = launcher;
    this.#program = program;
    this.#server = server;
  }

  static async start(launcher: Launcher, program: string, kind: 'http' | 'echo' = 'http'): Promise<Traffic> {
    const { pid, output } = await launcher.hold([program, 'serve', kind]);
    return new Traffic(launcher, program, { pid, port: Number(output) });
  }

  async ask({ shape, connections, warm, amount, rate = 0, path = '/orders/17', clocks = [] }: Asking): Promise<Asked> {
    const { pid, port } = this.#server;
    const words = [port, [pid, ...clocks].join(), shape, connections, warm, amount, rate, path];
    const asked = JSON.parse(await this.#launcher.run([this.#program, 'ask', ...words])) as Asked;
    const others = new Set(clocks.map(String));
    const ends = Object.entries(asked.cpuNs).filter(([id]) => !others.has(id));
    return { ...asked, endsNs: ends.reduce((sum, [, ns]) => sum + ns, 0) };
  }

  async stop(): Promise<void> {
    await this.#launcher.end(this.#server.pid);
  }
}
