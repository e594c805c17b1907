// A program of its own: starts what its parent asks for, so that selecting this one process selects all of it.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Order, Reply } from './launcher.ts';

interface Held {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly rest: Promise<string>;
}

const held = new Map<number, Held>();

/** Runs a program to its end. */
async function run(command: readonly string[], input: string): Promise<Reply> {
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`${command.join(' ')}: exit ${code}`);
  return { pid: child.pid ?? 0, output };
}

/** Starts a program that goes on, and waits for its first line. */
async function hold(command: readonly string[]): Promise<Reply> {
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  held.set(pid, { child, rest: text(child.stdout) });
  return { pid, output: first.toString() };
}

/** Ends one that goes on, by the end of its input. */
async function end(pid: number): Promise<Reply> {
  const { child, rest } = held.get(pid) ?? {};
  child?.stdin.end();
  held.delete(pid);
  return { pid, output: (await rest) ?? '' };
}

async function obey(order: Order): Promise<Reply> {
  if (order.kind === 'run') return run(order.command, order.input);
  return order.kind === 'hold' ? hold(order.command) : end(order.pid);
}

process.on('message', async ({ id, order }: { id: number; order: Order }) => {
  try {
    process.send?.({ id, reply: await obey(order) });
  } catch (error) {
    process.send?.({ id, problem: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit());
