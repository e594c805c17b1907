import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { containerOf } from './cgroup.ts';
import { parseEnvironment } from './environment.ts';
import type { ProcessInfo } from './process-info.ts';

/** Reads one process; undefined if it is gone, a kernel thread, or out of our reach. */
export function readProcess(procRoot: string, pid: number): ProcessInfo | undefined {
  const stat = text(`${procRoot}/${pid}/stat`);
  const executable = link(`${procRoot}/${pid}/exe`);
  if (stat === undefined || executable === undefined) return undefined;
  // The second field is the program's name in parentheses and may contain anything, also parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const container = containerOf(text(`${procRoot}/${pid}/cgroup`) ?? '');
  return {
    pid,
    parent: Number(fields[1]),
    startTicks: Number(fields[19]),
    executable: executable.replace(/ \(deleted\)$/, ''),
    command: (text(`${procRoot}/${pid}/cmdline`) ?? '').split('\0').slice(0, 32),
    environment: parseEnvironment(text(`${procRoot}/${pid}/environ`) ?? ''),
    ...(container ? { container } : {}),
  };
}

/** The ids of all processes (not threads). */
export function listProcesses(procRoot: string): number[] {
  return readdirSync(procRoot)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
