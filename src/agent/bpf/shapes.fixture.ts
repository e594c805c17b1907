import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { foldTarget } from '../protocol/index.ts';
import type { RedRow } from './red-row.ts';

/** Builds the program of bpf/test/shapes. @returns its path and the directory to remove. */
export function buildShapes(compiler = 'cc', flags: readonly string[] = []): { program: string; directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'shapes-'));
  const program = join(directory, 'shapes');
  const room = join(import.meta.dirname, '../../../bpf/test/shapes');
  const sources = readdirSync(room).filter((file) => file.endsWith('.c'));
  const paths = sources.map((file) => join(room, file));
  const built = spawnSync(compiler, ['-O2', '-Wall', '-Werror', '-pthread', ...flags, ...paths, '-o', program]);
  if (built.status !== 0) throw new Error(built.error?.message ?? built.stderr.toString());
  return { program, directory };
}

/** Exchanges by "METHOD STATUS template". */
export type Counts = Record<string, number>;

/** Where a program runs: its environment, and the command before it (`ip netns exec …`). */
export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly through?: readonly string[];
}

function start(program: string, args: readonly string[], { env = {}, through = [] }: Surroundings): ChildProcess {
  const [command = program, ...rest] = [...through, program, ...args];
  return spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
}

/** A server that prints its port, ends with its standard input, and then prints what it answered. */
export class ShapesServer {
  readonly pid: number;
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #lines: string[];

  private constructor(process: ChildProcess, port: number, lines: string[]) {
    this.#process = process;
    this.pid = process.pid ?? 0;
    this.port = port;
    this.#lines = lines;
  }

  static async start(
    program: string,
    args: readonly string[] = ['server'],
    around: Surroundings = {},
  ): Promise<ShapesServer> {
    const child = start(program, args, around);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    reader.on('line', (line) => lines.push(line));
    const [port] = (await once(reader, 'line')) as [string];
    return new ShapesServer(child, Number(port), lines);
  }

  /** Ends it. @returns what it answered, paths folded as the kernel folds them. */
  async stop(): Promise<Counts> {
    return countsIn(await this.end());
  }

  /** Ends it. @returns what it printed after its port. */
  async end(): Promise<readonly string[]> {
    const closed = once(this.#process, 'close');
    this.#process.stdin?.end();
    await closed;
    return this.#lines.slice(1);
  }
}

/** Counts as programs print them: "METHOD STATUS PATH COUNT" a line. */
export function countsIn(lines: readonly string[]): Counts {
  const counts: Counts = {};
  for (const line of lines) {
    const [method, status, path, count] = line.split(' ');
    const key = `${method} ${status} ${foldTarget(Buffer.from(path ?? '')).template}`;
    counts[key] = (counts[key] ?? 0) + Number(count);
  }
  return counts;
}

/**
 * Starts a client, hands its process id to `select` before its first byte, and waits for its end.
 * @returns what it printed
 */
export async function runClient(
  program: string,
  port: number,
  shape: readonly (string | number)[],
  select: (pid: number) => void,
  around: Surroundings = {},
): Promise<readonly string[]> {
  return runProgram(program, ['client', String(port), ...shape.map(String)], select, around);
}

/** Starts a program that waits for a line before it does anything. @returns what it printed. */
export async function runProgram(
  program: string,
  args: readonly string[],
  select: (pid: number) => void,
  around: Surroundings = {},
): Promise<readonly string[]> {
  return startProgram(program, args, select, around).stop();
}

/** The same for one that goes on until its input ends. */
export function startProgram(
  program: string,
  args: readonly string[],
  select: (pid: number) => void,
  around: Surroundings = {},
): { stop: () => Promise<readonly string[]> } {
  const child = start(program, args, around);
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  const closed = once(child, 'close') as Promise<[number | null]>;
  select(child.pid ?? 0);
  child.stdin?.write('go\n');
  const stop = async () => {
    child.stdin?.end();
    const [code] = await closed;
    if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}`);
    return lines;
  };
  return { stop };
}

/** Counts of the rows of a service's side, in the same form. */
export function countsOf(
  rows: readonly RedRow[],
  serviceId: number,
  text: (hash: bigint) => string | undefined,
): Counts {
  const counts: Counts = {};
  for (const row of rows.filter((candidate) => candidate.serviceId === serviceId)) {
    const key = `${row.method} ${row.status} ${text(row.routeHash) ?? ''}`;
    counts[key] = (counts[key] ?? 0) + Number(row.count);
  }
  return counts;
}
