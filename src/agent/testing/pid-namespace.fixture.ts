import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A PID namespace with a /proc of its own, as a node that is a container has it; all in it ends with it. */
export class PidNamespace {
  readonly #first: ChildProcess;
  readonly #pid: number;

  private constructor(first: ChildProcess, pid: number) {
    this.#first = first;
    this.#pid = pid;
  }

  static async open(): Promise<PidNamespace> {
    const place = ['--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL'];
    const first = spawn('unshare', [...place, 'sh', '-c', 'echo ready; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(first.stdout, 'data');
    return new PidNamespace(first, childOf(first.pid as number));
  }

  /** The command that runs what follows it inside, with this id there if one is given. */
  entering(pid?: number): readonly string[] {
    const place = ['nsenter', `--target=${this.#pid}`, '--pid', '--mount'];
    if (pid === undefined) return place;
    const next = `exec 3<&0; echo ${pid - 1} > /proc/sys/kernel/ns_last_pid; "$@" <&3 & wait`;
    return [...place, 'sh', '-c', next, 'sh'];
  }

  async close(): Promise<void> {
    if (this.#first.exitCode !== null || this.#first.signalCode !== null) return;
    const gone = once(this.#first, 'exit');
    this.#first.kill('SIGKILL');
    await gone;
  }
}

/** The only child of a process. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
