import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program started by a test: lines in, lines out, and it ends with the test. */
export class Program {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  /** @param entering a command that runs it somewhere else. */
  constructor(
    file: string,
    args: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {},
    entering: readonly string[] = [],
  ) {
    const env = { ...process.env, NODE_OPTIONS: '', ...environment };
    const [command = '', ...rest] = [...entering, process.execPath, file, ...args];
    this.#child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Writes a line and gives the next line that comes back. */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    return this.line();
  }

  /** Throws with what it complained about if it has ended. */
  mustRun(): void {
    if (this.#child.exitCode !== null) throw new Error(`the program ended: ${this.#errors}`);
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the program ended: ${this.#errors}`);
    return value;
  }

  /** Ends it and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await gone;
  }
}
