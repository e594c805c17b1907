import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { maxServices, openKernel, releaseMemory } from './bpf/index.ts';
import { inClusterApiServer } from './process/index.ts';
import type { AgentEnvironment } from './start-agent.ts';

// Every page of a ring counts twice against the agent's memory; at 20 reads a second this holds 40,000 kept exchanges a second.
const keptRingBytes = 2 ** 20;
const slowRingBytes = 2 ** 20;

/*
 * What the agent asks of an engine that would rather be fast than small. A heap that may double before it is collected
 * costs 20 MB on every node. Functions that run a little once a second are not worth compiling for speed, so that waits
 * for ten times as many calls. Threads that help to collect 2 MB cost more than they help.
 */
const engineFlags = [
  '--optimize-for-size',
  '--invocation-count-for-maglev=4000',
  '--invocation-count-for-maglev-osr=1000',
  '--invocation-count-for-turbofan=30000',
  '--invocation-count-for-osr=5000',
  '--no-parallel-scavenge',
];

/** The real kernel, clock and processes of this host; in a cluster also the API server this pod is to ask. */
export function hostEnvironment(log: Log, version: string, cluster: boolean): AgentEnvironment {
  for (const flag of engineFlags) setFlagsFromString(flag);
  const apiServer = cluster ? inClusterApiServer(process.env) : undefined;
  return {
    openKernel: (counting) => openKernel({ keptRingBytes, slowRingBytes }, counting),
    releaseMemory,
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
