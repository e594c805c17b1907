import { hostname } from 'node:os';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { ControlEvent, Kernel } from './bpf/contract.ts';
import type { AgentConfig, ConfigProblem } from './config/index.ts';
import { Connections } from './connections/index.ts';
import { Counters } from './counters.ts';
import type { Departure } from './departure.ts';
import { Breaker, ownUsage, SocketBytes, type Usage } from './health/index.ts';
import { encodeMetrics, encodeTraces, OtlpSender, type ResourceMetrics, type ResourceSpans } from './otlp/index.ts';
import { MetricTimes } from './metric-times.ts';
import { ownResource } from './own-resource.ts';
import { policyOf } from './policy.ts';
import {
  Peers,
  PodWatch,
  ProcessDiscovery,
  readHostAddresses,
  countsAt,
  type ApiServer,
  type Identity,
  type Place,
} from './process/index.ts';
import { Red } from './red/index.ts';
import { Spans, WallClock } from './spans/index.ts';
import { Timers } from './timers.ts';

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly kernel: Kernel;
  /** Gives back what only the start needed. */
  readonly releaseMemory?: () => void;
  /** Highest service id plus one, as the kernel's maps are sized. */
  readonly maxServices: number;
  /** Absent outside a cluster. */
  readonly apiServer?: ApiServer;
  readonly procRoot: string;
  readonly ownPid: number;
  readonly version: string;
  readonly clock: Clock;
  /** What this process uses, kernel maps left out; it is read every few seconds. Left out: what the system says. */
  readonly usage?: () => Usage;
  readonly jitter: () => number;
  readonly log: Log;
}

const spansEveryMs = 1_000;
const spanHoldMs = 2_000;
const mostSpansHeld = 20_000;
/** Programs that live shorter than this are not worth five reads of /proc. */
const settleMs = 20;
const podSettleMs = 50;
const socketsEveryMs = 2_000;
/** Times what a look took. */
const socketsPause = 250;
const rescanEveryMs = 60_000;
const hostAddressesEveryMs = 60_000;
const budgetEveryMs = 5_000;
/** By then everything has run once. */
const startUpMs = 3_000;
const queueBytes = 8 * 2 ** 20;
const finalFlushMs = 5_000;

/** The stages of one node, wired: Kernel → Exchange → (Red | Spans) → Otlp, with Discovery telling the kernel whom to watch. */
export class Agent {
  readonly discovery: ProcessDiscovery;
  readonly red: Red;
  readonly spans: Spans;
  readonly connections: Connections;
  readonly breaker = new Breaker();
  readonly socketBytes = new SocketBytes();
  /** Told of every service that is let go, just before its counts are. */
  onDeparture: ((departure: Departure) => void) | undefined;
  readonly #options: AgentOptions;
  readonly #sender: OtlpSender | undefined;
  readonly #pods: PodWatch | undefined;
  readonly #peers: Peers;
  readonly #counters = new Counters();
  readonly #wallClock = new WallClock();
  readonly #metricTimes = new MetricTimes();
  readonly #timers = new Timers();
  readonly #usage: () => Usage;
  readonly #targets = new Map<number, number>();
  readonly #started = new Map<number, boolean>();
  #onSpan: (seriesKey: string) => void = () => {};
  #config: AgentConfig;
  #configProblems: readonly ConfigProblem[] = [];
  #hostAddresses: ReadonlySet<string>;

  constructor(options: AgentOptions) {
    const { config, kernel, clock, jitter, log, procRoot } = options;
    this.#options = options;
    this.#config = config;
    this.#usage = options.usage ?? ownUsage(() => clock.now());
    const inCluster = config.node !== '';
    this.#hostAddresses = readHostAddresses(procRoot);
    this.#sender = senderOf(options);
    this.#pods =
      inCluster && options.apiServer
        ? new PodWatch({
            server: options.apiServer,
            node: config.node,
            clock,
            jitter,
            log,
            onChange: () => this.#timers.once('pods', podSettleMs, () => this.discovery.reconsider()),
          })
        : undefined;
    this.discovery = new ProcessDiscovery({
      procRoot,
      place: this.#place,
      rules: config.discovery,
      serviceLimit: options.maxServices - 1,
      now: () => clock.now(),
      ownPid: options.ownPid,
      podOf: (uid, containerId) => this.#pods?.get(uid, containerId),
      onTarget: (pid, service) => this.#aim(pid, service),
      onService: (service, identity) => this.#applyPolicy(service, identity),
    });
    this.#peers = new Peers({
      podAt: (address) => this.#pods?.at(address),
      identityIn: (uid) => this.discovery.identityIn(uid),
      reporterIn: (uid) => this.discovery.reporterIn(uid),
      countsAt: (pod) => countsAt(pod, this.#config.discovery),
      hostAddresses: () => this.#hostAddresses,
      ...(options.apiServer ? { server: options.apiServer } : {}),
      clock,
      jitter,
    });
    this.red = new Red({
      kernel,
      mayRemove: (service) => this.connections.areDelivered(service),
      removeService: (service) => this.#removeService(service),
      services: this.discovery.services,
      routes: config.routes,
      families: config.metrics.families,
      seriesLimit: config.metrics.seriesLimit,
      peerOf: (address) => this.#peers.peerOf(address),
      inCluster,
      ownResource: () => ownResource(this.#place),
      startMs: clock.now(),
    });
    this.connections = new Connections({
      services: this.discovery.services,
      seriesLimit: config.metrics.seriesLimit,
      startMs: clock.now(),
    });
    this.spans = new Spans({
      scanFlight: (sinceNs, untilNs) => kernel.scanFlight(sinceNs, untilNs),
      identityOf: (service) => this.discovery.services.get(service),
      routeOf: (hash) => this.red.routes.nameOf(hash),
      isCounted: (address) => this.#isCounted(address),
      onExemplar: (key, exemplar) => {
        this.red.addExemplar(key, exemplar);
        this.#onSpan(key);
      },
      capture: config.capture,
      wallClock: this.#wallClock,
      holdMs: spanHoldMs,
      mostItems: mostSpansHeld,
    });
  }

  /** Selects processes: from here on, whatever the rules select is counted. */
  select(): void {
    this.discovery.scan();
  }

  /** Takes up work. */
  start(): void {
    const { kernel, clock } = this.#options;
    this.#adjustClock();
    kernel.onKept((exchange) => this.spans.take(exchange, clock.now()));
    kernel.onControl((event) => this.#onControl(event));
    // Also for who came or went before processes were watched.
    this.select();
    this.#timers.once('sockets', socketsEveryMs, () => this.#lookAtSockets());
    this.#timers.every('rescan', rescanEveryMs, () => this.discovery.scan());
    this.#timers.every('spans', spansEveryMs, () => this.#exportSpans(clock.now()));
    this.#timers.every('hosts', hostAddressesEveryMs, () => {
      this.#hostAddresses = readHostAddresses(this.#options.procRoot);
    });
    this.#timers.once('started up', startUpMs, () => this.#options.releaseMemory?.());
    this.#timers.every('budget', budgetEveryMs, () => this.#protect());
    this.#timers.every('metrics', this.#config.intervalMs, () => this.exportMetrics());
  }

  /** A changed configuration is in force when this returns, but for the node and the health port (`startOnlyProblems`). */
  reconfigure(config: AgentConfig): void {
    const before = this.#config;
    this.#config = config;
    const routes = JSON.stringify(config.routes) === JSON.stringify(before.routes) ? undefined : config.routes;
    this.red.reconfigure(routes, config.metrics.families, config.metrics.seriesLimit, this.#options.clock.now());
    this.connections.reconfigure(config.metrics.seriesLimit);
    this.spans.reconfigure(config.capture);
    this.#applyPolicies();
    this.discovery.reconfigure(config.discovery, this.#place);
    if (JSON.stringify(config.otlp) !== JSON.stringify(before.otlp))
      this.#sender?.redirect(config.otlp.endpoint, config.otlp.headers);
    if (config.intervalMs !== before.intervalMs) {
      this.#timers.every('metrics', config.intervalMs, () => this.exportMetrics());
    }
    this.#counters.add('config_reloads_total');
  }

  reportConfigProblems(problems: readonly ConfigProblem[]): void {
    this.#configProblems = problems;
    if (problems.length > 0) this.#counters.add('config_refused_total');
  }

  /** Hears of every span that is made, by the series its exchange counts in; a second call replaces the first. */
  onSpan(listener: (seriesKey: string) => void): void {
    this.#onSpan = listener;
  }

  get configProblems(): readonly ConfigProblem[] {
    return this.#configProblems;
  }

  /** False while a cluster's pods are not known, with the reason. */
  get podsProblem(): string | undefined {
    if (this.#config.node === '' || this.#pods?.synced) return undefined;
    if (!this.#pods) return 'a node name is set, but this is no pod that could ask the API server for pods';
    return this.#pods.problem || 'the pods of this node have not been listed yet';
  }

  exportMetrics(): void {
    const nowMs = this.#options.clock.now();
    // Before the exchanges: a service is removed with its last collection.
    const connections = this.connections.collect(nowMs);
    const wanted = this.#config.metrics.families.includes('application');
    const groups = [...this.red.collect(nowMs), ...(wanted ? connections : [])];
    const points = groups.reduce((sum, { metrics }) => sum + pointsIn(metrics), 0);
    const delivered = () => {
      this.red.delivered(nowMs);
      this.connections.delivered(nowMs);
    };
    if (points === 0 || !this.#sender) return delivered();
    this.#adjustClock();
    const timeMs = this.#metricTimes.timeMs(nowMs);
    const body = encodeMetrics(groups, this.#scope, timeMs, this.#metricTimes.startShiftMs);
    this.#sender.send('metrics', body, points, delivered);
  }

  /** Sends what is there, waits for it at most 5 s, and leaves nothing behind in the kernel. */
  async stop(): Promise<void> {
    const { kernel } = this.#options;
    this.#timers.stop();
    kernel.poll();
    this.#exportSpans(Number.POSITIVE_INFINITY);
    this.exportMetrics();
    this.discovery.stop();
    kernel.close();
    await Promise.all([this.#sender?.stop(finalFlushMs), this.#pods?.stop(), this.#peers.stop()]);
  }

  /** Every stage's counters and gauges. */
  *samples(): IterableIterator<readonly [string, number]> {
    for (const counters of [this.#counters, this.red.counters, this.spans.counters, this.connections.counters])
      yield* counters.entries();
    if (this.#sender) yield* this.#sender.counters.entries();
    yield* this.discovery.counters.entries();
    yield* this.#peers.counters.entries();
    if (this.#pods) yield* this.#pods.counters.entries();
    yield ['config_problems', this.#configProblems.length];
    yield ['protection_step', this.breaker.level];
  }

  readonly #aim = (pid: number, service: number | undefined): boolean => {
    const { kernel } = this.#options;
    if (service === undefined) this.#targets.delete(pid);
    else this.#targets.set(pid, service);
    if (service !== undefined && this.breaker.step.shed.length === 0)
      return kernel.setTarget(pid, { serviceId: service });
    kernel.removeTarget(pid);
    return true;
  };

  /** A table of many connections takes the kernel long to write, so looks at it take a bounded share of the time. */
  #lookAtSockets(): void {
    const before = process.threadCpuUsage();
    this.discovery.refreshSockets();
    const { user, system } = process.threadCpuUsage(before);
    const pauseMs = Math.max(socketsEveryMs, ((user + system) / 1e3) * socketsPause);
    this.#timers.once('sockets', pauseMs, () => this.#lookAtSockets());
  }

  #onControl(event: ControlEvent): void {
    switch (event.kind) {
      case 'fork':
      case 'exec':
        this.#started.set(event.tgid, event.selected);
        return this.#timers.once('started', settleMs, () => {
          for (const [pid, inherited] of this.#started) this.discovery.started(pid, inherited);
          this.#started.clear();
        });
      case 'exit':
        this.#started.delete(event.tgid);
        return this.discovery.exited(event.tgid);
      case 'close':
        return this.connections.take(event);
      case 'mode':
        return this.#counters.add(`connections_off_path_total{mode="${event.mode}",reason="${event.reason}"}`);
      default:
    }
  }

  #removeService(service: number): bigint {
    const { kernel } = this.#options;
    const identity = this.discovery.services.get(service);
    const coverage = kernel.readCoverage().find(({ serviceId }) => serviceId === service);
    if (identity && coverage) this.socketBytes.remove(identity.name, coverage);
    if (identity && this.onDeparture) {
      const series = [...this.red.read().values()].filter((one) => one.service === service);
      this.onDeparture({ identity, series, ...(coverage ? { coverage } : {}) });
    }
    this.connections.forget(service);
    return kernel.removeService(service);
  }

  #applyPolicy(service: number, identity: Identity): void {
    this.#options.kernel.setPolicy(service, policyOf(identity, this.#config, this.breaker.step));
  }

  #applyPolicies(): void {
    for (const [service, identity] of this.discovery.services) this.#applyPolicy(service, identity);
  }

  #exportSpans(nowMs: number): void {
    this.#adjustClock();
    const groups: ResourceSpans[] = this.spans.collect(nowMs);
    const count = groups.reduce((sum, { spans }) => sum + spans.length, 0);
    if (count > 0) this.#sender?.send('traces', encodeTraces(groups, this.#scope), count);
  }

  #adjustClock(): void {
    this.#wallClock.adjust(Date.now(), process.hrtime.bigint());
    this.#metricTimes.adjust(Date.now(), this.#options.clock.now());
  }

  #isCounted(address: string): boolean {
    const peer = this.#peers.peerOf(address);
    // Behind a virtual address there may be anybody; whoever it is derives the same ids if it is one of us.
    return peer.kind === 'service' || peer.kind === 'pending' || (peer.kind === 'workload' && peer.counted);
  }

  #protect(): void {
    const { log, kernel } = this.#options;
    const own = this.#usage();
    const usage = { ...own, memoryBytes: own.memoryBytes + kernel.mapBytes };
    const { cpuCores, memoryBytes } = usage;
    this.#counters.set('cpu_cores', cpuCores);
    this.#counters.set('memory_bytes', memoryBytes);
    if (!this.breaker.look(usage, this.#config.budget)) return;
    const { name, shed } = this.breaker.step;
    this.#counters.add(`protection_changes_total{step="${name}"}`);
    log.warn({ step: name, ...usage, budget: this.#config.budget }, 'self-protection changed its step');
    this.#applyPolicies();
    for (const [pid, service] of this.#targets) {
      if (shed.length > 0) kernel.removeTarget(pid);
      else if (!kernel.setTarget(pid, { serviceId: service })) this.discovery.refused(pid);
    }
  }

  get #place(): Place {
    const { node, clusterName } = this.#config;
    return { node, host: node || hostname(), clusterName, version: this.#options.version };
  }

  get #scope(): { name: string; version: string } {
    return { name: 'ostack-agent', version: this.#options.version };
  }
}

/** Without an endpoint nothing is sent: the local table reads the stages itself. */
function senderOf({ config, clock, jitter, log }: AgentOptions): OtlpSender | undefined {
  if (config.otlp.endpoint === '') return undefined;
  return new OtlpSender({
    ...config.otlp,
    queueBytes,
    timeoutMs: 10_000,
    giveUpAfterMs: 5 * 60_000,
    clock,
    jitter,
    log,
  });
}

function pointsIn(metrics: ResourceMetrics['metrics']): number {
  return metrics.reduce((sum, { points }) => sum + points.length, 0);
}
