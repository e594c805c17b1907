import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Order =
  | { readonly kind: 'run'; readonly command: readonly string[]; readonly input: string }
  | { readonly kind: 'hold'; readonly command: readonly string[] }
  | { readonly kind: 'end'; readonly pid: number };

export interface Reply {
  readonly pid: number;
  readonly output: string;
}

interface Answer {
  readonly id: number;
  readonly reply?: Reply;
  readonly problem?: string;
}

/** A process whose children are the measured programs: name it to the agent, and all of them are selected. */
export class Launcher {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  #next = 0;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'launcher-program.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.on('message', ({ id, reply, problem }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (reply) waiting?.resolve(reply);
      else waiting?.reject(new Error(problem));
    });
  }

  /** Runs a program to its end. @returns its output; rejects when it fails. */
  async run(command: readonly (string | number)[], input = ''): Promise<string> {
    return (await this.#order({ kind: 'run', command: command.map(String), input })).output;
  }

  /** Starts a program that goes on. @returns its first line. */
  hold(command: readonly (string | number)[]): Promise<Reply> {
    return this.#order({ kind: 'hold', command: command.map(String) });
  }

  /** Ends a program that goes on. @returns what it said after its first line. */
  async end(pid: number): Promise<string> {
    return (await this.#order({ kind: 'end', pid })).output;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }

  #order(order: Order): Promise<Reply> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, order });
    return waiting.promise;
  }
}
