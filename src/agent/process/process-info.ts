import type { ContainerRef } from './cgroup.ts';
import type { ProcessEnvironment } from './environment.ts';

/** A process as /proc shows it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot; with the pid it names a process for ever. */
  readonly startTicks: number;
  readonly executable: string;
  readonly command: readonly string[];
  /** Read when it is first asked for: only of processes that are wanted, and once their pod is known. */
  readonly environment: ProcessEnvironment;
  readonly container?: ContainerRef;
}
