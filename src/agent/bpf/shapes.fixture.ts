import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { foldTarget } from '../protocol/index.ts';
import type { RedRow } from './red-row.ts';

/** Builds the program of bpf/test/shapes. @returns its path and the directory to remove. */
export function buildShapes(): { program: string; directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'shapes-'));
  const program = join(directory, 'shapes');
  const room = join(import.meta.dirname, '../../../bpf/test/shapes');
  const sources = ['main.c', 'server.c', 'client.c'].map((file) => join(room, file));
  const built = spawnSync('cc', ['-O2', '-Wall', '-Werror', '-pthread', ...sources, '-o', program]);
  if (built.status !== 0) throw new Error(built.stderr.toString());
  return { program, directory };
}

/** Exchanges by "METHOD STATUS template". */
export type Counts = Record<string, number>;

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

  static async start(program: string): Promise<ShapesServer> {
    const child = spawn(program, ['server'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(line));
    const [port] = (await once(reader, 'line')) as [string];
    return new ShapesServer(child, Number(port), lines);
  }

  /** Ends it. @returns what it answered, paths folded as the kernel folds them. */
  async stop(): Promise<Counts> {
    const closed = once(this.#process, 'close');
    this.#process.stdin?.end();
    await closed;
    const counts: Counts = {};
    for (const line of this.#lines.slice(1)) {
      const [method, status, path, count] = line.split(' ');
      const key = `${method} ${status} ${foldTarget(Buffer.from(path ?? '')).template}`;
      counts[key] = (counts[key] ?? 0) + Number(count);
    }
    return counts;
  }
}

/** Starts a client, hands its process id to `select` before its first byte, and waits for its end. */
export async function runClient(
  program: string,
  port: number,
  shape: readonly (string | number)[],
  select: (pid: number) => void,
): Promise<void> {
  const child = spawn(program, ['client', String(port), ...shape.map(String)], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  select(child.pid ?? 0);
  child.stdin.end('go\n');
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`client ${shape.join(' ')}: exit ${code}`);
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
