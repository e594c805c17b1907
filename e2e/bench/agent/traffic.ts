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
  readonly serverNs: number;
  /** Of the two ends together. */
  readonly endsNs: number;
  /** Of each of `clocks`. */
  readonly cpuNs: Readonly<Record<string, number>>;
}

/** A server of one launcher, and clients of another or the same that ask it. */
export class Traffic {
  readonly #serving: Launcher;
  readonly #asking: Launcher;
  readonly #program: string;
  readonly #server: { readonly pid: number; readonly port: number };

  private constructor(serving: Launcher, asking: Launcher, program: string, server: { pid: number; port: number }) {
    this.#serving = serving;
    this.#asking = asking;
    this.#program = program;
    this.#server = server;
  }

  /** `command` is a server that prints its port and ends with its input; asked by `program`. */
  static async start(
    program: string,
    serving: Launcher,
    asking: Launcher = serving,
    command: readonly string[] = [program, 'serve', 'http'],
  ): Promise<Traffic> {
    const { pid, output } = await serving.hold(command);
    return new Traffic(serving, asking, program, { pid, port: Number(output) });
  }

  async ask({ shape, connections, warm, amount, rate = 0, path = '/orders/17', clocks = [] }: Asking): Promise<Asked> {
    const { pid, port } = this.#server;
    const words = [port, [pid, ...clocks].join(), shape, connections, warm, amount, rate, path];
    const asked = JSON.parse(await this.#asking.run([this.#program, 'ask', ...words])) as Asked;
    const ends = Object.entries(asked.cpuNs).filter(([id]) => !clocks.includes(Number(id)));
    return { ...asked, serverNs: asked.cpuNs[pid] ?? 0, endsNs: ends.reduce((sum, [, ns]) => sum + ns, 0) };
  }

  async stop(): Promise<void> {
    await this.#serving.end(this.#server.pid);
  }
}
