import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { harnessProcs } from './cgroups.ts';
import type { Place } from './place.ts';
import { waitFor } from './wait.ts';

/** One long-running program of the node. */
export interface Daemon {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Configuration files by absolute path, written before each start. */
  readonly files?: Readonly<Record<string, string>>;
}

// The shell writes its own id before it becomes the program, so a harness killed at any moment leaves no unknown process.
const launch = `set -e
echo $$ > "$1"
echo "$$ $(cut -d ' ' -f 22 /proc/$$/stat)" > "$2.new"
mv "$2.new" "$2"
shift 2
exec "$@"`;

function recordOf(place: Place, name: string): string {
  return join(place.root, 'pids', name);
}

/** File with everything the program printed. */
export function logOf(place: Place, name: string): string {
  return join(place.root, 'logs', `${name}.log`);
}

/** Starts a program of the node in the node's cgroup, detached from this process. Returns once its id is on disk. */
export async function startDaemon(place: Place, daemon: Daemon): Promise<void> {
  for (const folder of ['pids', 'logs']) mkdirSync(join(place.root, folder), { recursive: true });
  for (const [path, text] of Object.entries(daemon.files ?? {})) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const record = recordOf(place, daemon.name);
  const log = openSync(logOf(place, daemon.name), 'a');
  const before = existsSync(record) ? readFileSync(record, 'utf8') : '';
  const child = spawn(
    '/bin/sh',
    ['-c', launch, daemon.name, harnessProcs(place), record, daemon.command, ...daemon.args],
    { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...daemon.env }, cwd: place.root },
  );
  child.unref();
  closeSync(log);
  await waitFor(`${daemon.name} to start`, () => existsSync(record) && readFileSync(record, 'utf8') !== before, {
    timeoutMs: 60_000,
    everyMs: 5,
  });
}

/** The process id of a program that still runs. A reused id is not ours: the start time is compared. */
export function pidOf(place: Place, name: string): number | undefined {
  const record = recordOf(place, name);
  if (!existsSync(record)) return undefined;
  const [pid, startTime] = readFileSync(record, 'utf8').trim().split(' ');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state !== 'Z' && started === startTime ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Ends one program of the node and waits until it is gone. Does nothing if it does not run. */
export async function stopDaemon(place: Place, name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const pid = pidOf(place, name);
  if (pid === undefined) return;
  process.kill(pid, signal);
  await waitFor(`${name} to end`, () => pidOf(place, name) === undefined, { timeoutMs: 30_000, everyMs: 20 });
}

/** The last lines a program printed, for a message about why it failed. */
export function logTail(place: Place, name: string, lines = 15): string {
  const path = logOf(place, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}
