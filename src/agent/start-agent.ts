import { readFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Agent } from './agent.ts';
import { type Kernel, UnsupportedKernel } from './bpf/contract.ts';
import { ConfigWatch, parseConfig, type AgentConfig, type ConfigProblem } from './config/index.ts';
import { HealthServer, kernelSamples, type Readiness } from './health/index.ts';
import type { ApiServer } from './process/index.ts';

/** What the agent is built on; the CLI gives it the real things, tests give it others. */
export interface AgentEnvironment {
  /**
   * Throws UnsupportedKernel, or Refused by the verifier. May call `counting` as soon as targets are counted, before
   * everything else of the kernel is ready.
   */
  readonly openKernel: (counting: (kernel: Kernel) => void) => Kernel;
  /** Gives back what only the start needed. */
  readonly releaseMemory?: () => void;
  readonly maxServices: number;
  readonly apiServer?: ApiServer;
  readonly procRoot: string;
  readonly ownPid: number;
  readonly version: string;
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

export interface RunningAgent {
  /** Undefined where the kernel does not allow it. */
  readonly agent: Agent | undefined;
  readonly readiness: () => Readiness;
  readonly samples: () => Iterable<readonly [string, number]>;
  /** Of the health server; undefined if there is none. */
  readonly port: number | undefined;
  /** Sends what is left (at most 5 s), detaches, and ends. */
  readonly stop: () => Promise<void>;
}

/** The configuration file is no valid configuration. */
export class InvalidConfig extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(path: string, problems: readonly ConfigProblem[]) {
    super(problems.map(({ path: at, reason, fix }) => `${path}: ${at || 'file'} ${reason}; ${fix}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Starts the agent from its configuration file and follows that file; `node` names the Kubernetes node where one file
 * serves many. Rejects with InvalidConfig if it is bad at the start.
 */
export async function startAgentFromFile(
  path: string,
  environment: AgentEnvironment,
  node?: string,
): Promise<RunningAgent> {
  const here = (config: AgentConfig) => (node === undefined ? config : { ...config, node });
  const text = await readFile(path, 'utf8');
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new InvalidConfig(path, parsed.problems);
  const running = await startAgent(here(parsed.value), environment);
  const { agent } = running;
  if (!agent) return running;
  const watch = new ConfigWatch(path, text, {
    onConfig: (config) => {
      agent.reconfigure(here(config));
      const problems = startOnlyProblems(here(parsed.value), here(config));
      agent.reportConfigProblems(problems);
      if (problems.length === 0) environment.log.info('the configuration changed and is in force');
      else environment.log.warn({ problems }, 'the configuration changed, and not all of it is in force');
    },
    onProblems: (problems) => {
      if (problems.length > 0)
        environment.log.error({ problems }, 'the configuration is refused, the last good one stays');
      agent.reportConfigProblems(problems);
    },
  });
  return { ...running, stop: async () => void (await Promise.all([watch.stop(), running.stop()])) };
}

/** What differs from the configuration the agent was started with and cannot change while it runs. */
function startOnlyProblems(started: AgentConfig, now: AgentConfig): ConfigProblem[] {
  const changed = [
    ...(started.node === now.node ? [] : ['node']),
    ...(started.healthPort === now.healthPort ? [] : ['health.port']),
  ];
  return changed.map((path) => ({ path, reason: 'is read at the start only', fix: 'restart the agent' }));
}

/**
 * Starts the agent: loads the probes, serves health, selects processes. On a kernel that cannot do it the agent stays
 * alive without probes and /readyz says which feature is missing and what it needs.
 */
export async function startAgent(config: AgentConfig, environment: AgentEnvironment): Promise<RunningAgent> {
  let early: Agent | undefined;
  const opened = open(environment, (kernel) => {
    // In a cluster nobody is selected before the pods are known.
    if (config.node !== '') return;
    early = new Agent({ ...environment, config, kernel });
    early.select();
  });
  const agent =
    opened.kind === 'open' ? (early ?? new Agent({ ...environment, config, kernel: opened.kernel })) : undefined;
  const readiness = () => (opened.kind === 'open' && agent ? readinessOf(agent, opened.kernel) : opened.readiness);
  const samples = function* (): Iterable<readonly [string, number]> {
    yield ['ready', readiness().ready ? 1 : 0];
    if (!agent || opened.kind !== 'open') return;
    yield* agent.samples();
    yield* kernelSamples(opened.kernel);
    const names = new Map([...agent.discovery.services].map(([id, { name }]) => [id, name]));
    yield* agent.socketBytes.samples(opened.kernel.readCoverage(), names);
  };
  agent?.start();
  const health =
    config.healthPort > 0 ? await HealthServer.start({ port: config.healthPort, readiness, samples }) : undefined;
  return {
    agent,
    readiness,
    samples,
    port: health?.port,
    stop: async () => void (await Promise.all([agent?.stop(), health?.stop()])),
  };
}

type Opened =
  | { readonly kind: 'open'; readonly kernel: Kernel; readonly readiness: Readiness }
  | { readonly kind: 'refused'; readonly readiness: Readiness };

function open(environment: AgentEnvironment, counting: (kernel: Kernel) => void): Opened {
  const none = { missing: [], targets: 0, protection: 'normal', configProblems: [] };
  try {
    const readiness = { ...none, ready: false, reason: 'Starting', message: 'the probes are loaded' };
    return { kind: 'open', kernel: environment.openKernel(counting), readiness };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = error instanceof UnsupportedKernel ? error.missing : [];
    // Other refusals of these words come from the verifier, and are about the program.
    const denied = missing.some(({ name, reason = '' }) => name === 'bpf-syscall' && /\b(EPERM|EACCES)\b/.test(reason));
    environment.log.error({ missing, problem: message }, 'this node cannot be instrumented');
    return { kind: 'refused', readiness: { ...none, ready: false, reason: reasonOf(error, denied), message, missing } };
  }
}

function reasonOf(error: unknown, denied: boolean): string {
  if (denied) return 'PermissionDenied';
  if (error instanceof UnsupportedKernel) return 'UnsupportedKernel';
  return error instanceof Error && error.name === 'Refused' ? 'VerifierRejected' : 'NotStarted';
}

function readinessOf(agent: Agent, kernel: Kernel): Readiness {
  const podsProblem = agent.podsProblem;
  const targets = agent.discovery.counters.get('targets');
  const waiting = podsProblem !== undefined;
  const message =
    podsProblem ?? (targets > 0 ? `following ${targets} of this node's processes` : 'no process matches the selection');
  return {
    ready: !waiting,
    reason: waiting ? 'PodsUnknown' : 'Ready',
    message,
    tier: kernel.tier,
    // The second tier is not missed where the first is there.
    missing: kernel.features.filter(({ name, present }) => !present && name !== 'socket-layer-fentry'),
    targets,
    protection: agent.breaker.step.name,
    configProblems: agent.configProblems,
  };
}
