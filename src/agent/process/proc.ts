import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { containerOf } from './cgroup.ts';
import { parseEnvironment, type ProcessEnvironment } from './environment.ts';
import type { ProcessInfo } from './process-info.ts';

/** Reads one process; undefined if it is gone, a kernel thread, or out of our reach. */
export function readProcess(procRoot: string, pid: number): ProcessInfo | undefined {
  const begun = readBeginning(procRoot, pid);
  if (!begun) return undefined;
  let environment: ProcessEnvironment | undefined;
  return {
    ...begun,
    command: (text(`${procRoot}/${pid}/cmdline`) ?? '').split('\0').slice(0, 32),
    get environment(): ProcessEnvironment {
      if (environment) return environment;
      const environ = text(`${procRoot}/${pid}/environ`) ?? '';
      const parsed = parseEnvironment(environ);
      // In the middle of an exec it is empty for a moment.
      if (environ !== '') environment = parsed;
      return parsed;
    },
  };
}

/** Whether a process is what it was read as: no other program since, in no other container. */
export function isUnchanged(procRoot: string, process: ProcessInfo): boolean {
  const now = readBeginning(procRoot, process.pid);
  return (
    now?.startTicks === process.startTicks &&
    now.executable === process.executable &&
    now.container?.containerId === process.container?.containerId
  );
}

function readBeginning(procRoot: string, pid: number): Omit<ProcessInfo, 'command' | 'environment'> | undefined {
  const stat = text(`${procRoot}/${pid}/stat`);
  const executable = link(`${procRoot}/${pid}/exe`);
  if (stat === undefined || executable === undefined) return undefined;
  const container = containerOf(text(`${procRoot}/${pid}/cgroup`) ?? '');
  // The second field is the program's name in parentheses and may contain anything, also parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    parent: Number(fields[1]),
    startTicks: Number(fields[19]),
    executable: executable.replace(/ \(deleted\)$/, ''),
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
