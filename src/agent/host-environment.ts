import { systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { maxServices, openKernel } from './bpf/index.ts';
import { inClusterApiServer } from './process/index.ts';
import type { AgentEnvironment } from './start-agent.ts';

/** The real kernel, clock and processes of this host; in a cluster also the API server this pod is to ask. */
export function hostEnvironment(log: Log, version: string, cluster: boolean): AgentEnvironment {
  const apiServer = cluster ? inClusterApiServer(process.env) : undefined;
  return {
    openKernel,
    maxServices,
    ...(apiServer ? { apiServer } : {}),
    procRoot: '/proc',
    ownPid: process.pid,
    version,
    clock: systemClock,
    jitter: Math.random,
    log,
  };
}
