import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function startTimeOf(pid: number | string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function take(path: string): boolean {
  // Linking a file that is whole makes the lock and its owner appear together, so a kill leaves no lock without owner.
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${startTimeOf(process.pid)}`);
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isAbandoned(path: string): boolean {
  try {
    const [pid, startTime] = readFileSync(path, 'utf8').split(' ');
    return startTime === undefined || startTimeOf(pid ?? '') !== startTime;
  } catch {
    return false; // given back between the two looks
  }
}

/**
 * Runs `work` while holding the lock file `path`. Waits for another process that holds it, calling `onWait` once,
 * and takes over from one that was killed.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: () => void = () => undefined,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = false; !take(path); waited = true) {
    if (isAbandoned(path)) rmSync(path, { force: true });
    else if (!waited) onWait();
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
