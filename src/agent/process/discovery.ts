import type { Discovery } from '../config/index.ts';
import { Counters } from '../counters.ts';
import { identify, type Identity, type Place } from './identity.ts';
import type { Pod } from './pod.ts';
import { isUnchanged, listProcesses, readProcess } from './proc.ts';
import type { ProcessInfo } from './process-info.ts';
import { select, type SkipReason } from './selection.ts';
import { Services } from './services.ts';
import { holdsSocket, networkOf, readTcpTable } from './sockets.ts';

export interface DiscoveryOptions {
  readonly procRoot: string;
  readonly place: Place;
  readonly rules: Discovery;
  readonly serviceLimit: number;
  readonly now: () => number;
  /** The agent itself is never a target. */
  readonly ownPid: number;
  readonly podOf: (uid: string | undefined, containerId: string | undefined) => Pod | undefined;
  /** Tells the kernel that a process belongs to a service, or (undefined) to none. False: it has no room for it. */
  readonly onTarget: (pid: number, service: number | undefined) => boolean;
  /** A service id has got an identity, or another one than before. */
  readonly onService: (service: number, identity: Identity) => void;
}

interface Tracked {
  readonly process: ProcessInfo;
  /** The process of `discovery.pids` that it is or descends from. */
  readonly namedBy?: number;
  onPort: boolean;
  sendsOtlp: boolean;
  /** It has been followed already. */
  wasTarget?: true;
  service?: number;
  reason?: SkipReason | NoRoom;
  network?: string;
  checkedListeners?: string;
}

/** What passes by itself: there are ids and targets again when others have ended. */
type NoRoom = 'no-service-id' | 'targets-full';

const otlpPorts = new Set([4317, 4318]);

/** Knows every process, which of them are targets, and for which service. Reads /proc only when something changes. */
export class ProcessDiscovery {
  readonly services: Services;
  readonly #options: DiscoveryOptions;
  readonly #tracked = new Map<number, Tracked>();
  /** Asked for with every row, so not to be searched for. */
  readonly #byPod = new Map<string, number>();
  /** What processes that are left to their own reports call themselves, by pod. */
  readonly #reporters = new Map<string, { readonly pid: number; readonly identity: Identity }>();
  #rules: Discovery;
  #place: Place;
  #followed = 0;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#place = options.place;
    this.services = new Services(options.serviceLimit, options.now);
  }

  /** Processes that have been targets so far. */
  get followed(): number {
    return this.#followed;
  }

  /** How many processes are targets, and why the others are not. */
  get counters(): Counters {
    const counters = new Counters();
    counters.set('targets', 0);
    for (const { service, reason } of this.#tracked.values()) {
      if (service !== undefined) counters.add('targets');
      else if (reason) counters.add(`processes_skipped{reason="${reason}"}`);
    }
    return counters;
  }

  /** Takes in what runs already, what was missed since (an exec too), and whom there was no room for; forgets who is gone. */
  scan(): void {
    const pids = new Set(listProcesses(this.#options.procRoot));
    for (const pid of this.#tracked.keys()) if (!pids.has(pid)) this.exited(pid);
    for (const pid of pids) {
      const tracked = this.#tracked.get(pid);
      if (!tracked) this.#track(pid);
      else if (!isUnchanged(this.#options.procRoot, tracked.process)) this.#replace(pid, tracked);
      else if (tracked.reason === 'no-service-id' || tracked.reason === 'targets-full') this.#decide(pid, tracked);
    }
    this.refreshSockets();
  }

  /**
   * A process began, by fork or by exec; after an exec it is somebody else and is looked at afresh. The kernel lets a
   * child have its parent's target at once (`inherited`), so that nothing is missed until it is decided here.
   */
  started(pid: number, inherited: boolean): void {
    this.#track(pid);
    if (inherited && this.#tracked.get(pid)?.service === undefined) this.#options.onTarget(pid, undefined);
  }

  /** What a pod's processes call themselves; undefined if none of them is a target. */
  identityIn(podUid: string): Identity | undefined {
    const service = this.#byPod.get(podUid);
    return service === undefined ? undefined : this.services.get(service);
  }

  /** What a pod calls itself whose processes are not targets because they report by themselves. */
  reporterIn(podUid: string): Identity | undefined {
    return this.#reporters.get(podUid)?.identity;
  }

  /** The kernel had no room for a target: it is none until the next scan. */
  refused(pid: number): void {
    const tracked = this.#tracked.get(pid);
    if (!tracked) return;
    this.#release(pid, tracked);
    tracked.reason = 'targets-full';
  }

  exited(pid: number): void {
    const tracked = this.#tracked.get(pid);
    if (!tracked) return;
    this.#tracked.delete(pid);
    this.#forgetReporter(pid, tracked);
    this.#release(pid, tracked);
  }

  /** New rules and another place apply to every process at once. */
  reconfigure(rules: Discovery, place: Place = this.#place): void {
    this.#rules = rules;
    this.#place = place;
    for (const tracked of this.#tracked.values()) delete tracked.checkedListeners;
    this.refreshSockets();
    this.reconsider();
  }

  /** Decides again, because pods or rules are others now. */
  reconsider(): void {
    for (const [pid, tracked] of this.#tracked) this.#decide(pid, tracked);
  }

  /** Looks who listens on a wanted port and who talks to an OTLP receiver: one table per network namespace. */
  refreshSockets(): void {
    const wanted = new Set(this.#rules.ports);
    const networks = Map.groupBy(this.#tracked, ([pid, tracked]) => {
      tracked.network ??= networkOf(this.#options.procRoot, pid) ?? '';
      return tracked.network;
    });
    for (const [network, members] of networks) {
      const targets = members.filter(([, tracked]) => tracked.service !== undefined && !tracked.sendsOtlp);
      const first = members[0]?.[0];
      if (network === '' || first === undefined || (wanted.size === 0 && targets.length === 0)) continue;
      const table = readTcpTable(this.#options.procRoot, first);
      const inodes = (filter: (socket: (typeof table)[number]) => boolean) =>
        new Set(table.filter(filter).map((socket) => socket.inode));
      this.#findListeners(
        members,
        inodes(({ listening, localPort }) => listening && wanted.has(localPort)),
      );
      this.#findReporters(
        targets,
        inodes(({ listening, remotePort }) => !listening && otlpPorts.has(remotePort)),
      );
    }
  }

  /** Takes all targets away. */
  stop(): void {
    for (const [pid, tracked] of this.#tracked) this.#release(pid, tracked);
    this.#tracked.clear();
  }

  #findListeners(members: [number, Tracked][], inodes: ReadonlySet<number>): void {
    const signature = [...inodes].sort((a, b) => a - b).join();
    for (const [pid, tracked] of members) {
      if (tracked.checkedListeners === signature) continue;
      tracked.checkedListeners = signature;
      const holds = inodes.size > 0 && holdsSocket(this.#options.procRoot, pid, inodes);
      if (holds === tracked.onPort) continue;
      tracked.onPort = holds;
      this.#decide(pid, tracked);
    }
    // Connections can be handed to children that never listened themselves.
    for (const [pid, tracked] of members) {
      if (tracked.onPort || !this.#ancestor(tracked, (ancestor) => ancestor.onPort)) continue;
      tracked.onPort = true;
      this.#decide(pid, tracked);
    }
  }

  #findReporters(targets: [number, Tracked][], inodes: ReadonlySet<number>): void {
    if (inodes.size === 0) return;
    for (const [pid, tracked] of targets) {
      if (!holdsSocket(this.#options.procRoot, pid, inodes)) continue;
      tracked.sendsOtlp = true;
      this.#decide(pid, tracked);
    }
  }

  /** Its exec, or its end and the beginning of another process under its id, went unnoticed. */
  #replace(pid: number, { process }: Tracked): void {
    const now = readProcess(this.#options.procRoot, pid);
    if (now?.startTicks !== process.startTicks) this.exited(pid);
    this.#track(pid);
  }

  #track(pid: number): void {
    const before = this.#tracked.get(pid);
    const process = pid === this.#options.ownPid ? undefined : readProcess(this.#options.procRoot, pid);
    if (!process) return this.exited(pid);
    const parent = this.#tracked.get(process.parent);
    const namedBy = this.#rules.pids.includes(pid) ? pid : (before?.namedBy ?? parent?.namedBy);
    const tracked: Tracked = {
      process,
      ...(namedBy === undefined ? {} : { namedBy }),
      onPort: before?.onPort ?? parent?.onPort ?? false,
      sendsOtlp: false,
    };
    if (before?.service !== undefined) tracked.service = before.service;
    if (before?.wasTarget) tracked.wasTarget = true;
    this.#tracked.set(pid, tracked);
    this.#decide(pid, tracked);
  }

  #forgetReporter(pid: number, { process }: Tracked): void {
    const uid = process.container?.podUid;
    if (uid !== undefined && this.#reporters.get(uid)?.pid === pid) this.#reporters.delete(uid);
  }

  #decide(pid: number, tracked: Tracked): void {
    this.#forgetReporter(pid, tracked);
    const { process, sendsOtlp, onPort } = tracked;
    const named = [pid, tracked.namedBy ?? pid].some((one) => this.#rules.pids.includes(one));
    const pod = this.#options.podOf(process.container?.podUid, process.container?.containerId);
    const place = this.#place;
    const candidate = { process, named, onPort, sendsOtlp, ...(pod ? { pod } : {}) };
    const selection = select(candidate, this.#rules, place.node !== '');
    if (!selection.selected) {
      tracked.reason = selection.reason;
      if (pod && selection.reason === 'reports-itself')
        this.#reporters.set(pod.uid, { pid, identity: { ...identify(process, pod, place), reportsItself: true } });
      return this.#release(pid, tracked);
    }
    const identity: Identity = { ...identify(process, pod, place), ...(sendsOtlp ? { reportsItself: true } : {}) };
    const current = tracked.service === undefined ? undefined : this.services.get(tracked.service);
    if (tracked.service !== undefined && current?.key === identity.key) {
      if (this.services.renew(tracked.service, identity)) this.#options.onService(tracked.service, identity);
      return;
    }
    const service = this.services.enter(identity);
    this.#release(pid, tracked);
    if (service === undefined) {
      tracked.reason = 'no-service-id';
      return;
    }
    tracked.service = service;
    this.#options.onService(service, identity);
    if (!this.#options.onTarget(pid, service)) return this.refused(pid);
    delete tracked.reason;
    if (!tracked.wasTarget) this.#followed++;
    tracked.wasTarget = true;
    if (pod) this.#byPod.set(pod.uid, service);
  }

  #release(pid: number, tracked: Tracked): void {
    if (tracked.service === undefined) return;
    this.services.leave(tracked.service);
    const pod = tracked.process.container?.podUid;
    if (pod !== undefined && this.#byPod.get(pod) === tracked.service) this.#byPod.delete(pod);
    delete tracked.service;
    this.#options.onTarget(pid, undefined);
  }

  #ancestor(tracked: Tracked, test: (ancestor: Tracked) => boolean): boolean {
    let parent = this.#tracked.get(tracked.process.parent);
    for (let depth = 0; parent && depth < 32; depth++) {
      if (test(parent)) return true;
      parent = this.#tracked.get(parent.process.parent);
    }
    return false;
  }
}
