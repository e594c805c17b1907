import { BpfMap } from './bpf-map.ts';
import { Refused } from './bpf-object.ts';
import type { ControlEvent } from './control-event.ts';
import type { Flight, KeptExchange } from './exchange.ts';
import { EventCounts } from './event-counts.ts';
import type { Feature, Tier } from './feature.ts';
import { featuresOf, probeFeatures } from './features.ts';
import { healthReasons, type HealthReason } from './health.ts';
import { bothFlights } from './flight-of.ts';
import { FlightRecorder, flightSlots } from './flight-recorder.ts';
import type { Kernel, KernelOptions, Policy, Target } from './kernel.ts';
import * as layout from './layout.gen.ts';
import { objectInfo } from './libbpf.ts';
import { loadProbes, type Probes } from './probes.ts';
import { controlAt, keptAt } from './records.ts';
import { RedReader, maxServices } from './red-reader.ts';
import { overflowKey, seriesKey, sumOf, sumOfTotals, type OverflowRow, type RedRow } from './red-row.ts';
import { Ring } from './ring.ts';
import { RouteTable, mostRoutes } from './route-table.ts';
import { SlowConnections } from './slow-connections.ts';
import { TargetSet } from './target-set.ts';
import { tierFor } from './tier.ts';

/**
 * Loads the best tier this kernel can carry and attaches it. `counting` hears of the kernel as soon as whoever is made a
 * target is counted; connections and processes are watched when this returns, and if they cannot be, what `counting` was
 * given is closed. @throws UnsupportedKernel, or Refused by the verifier.
 */
export function openKernel(options: KernelOptions = {}, counting: (kernel: Kernel) => void = () => {}): Kernel {
  const kernel = openDataPath(options);
  try {
    counting(kernel);
    kernel.watch();
    return kernel;
  } catch (error) {
    kernel.close();
    // Names what is missing if it is a feature.
    if (error instanceof Refused) tierFor(probeFeatures());
    throw error;
  }
}

function openDataPath(options: KernelOptions): ProbedKernel {
  const first = options.tier ?? 'T1';
  try {
    return new ProbedKernel(first, featuresOf(first), loadProbes(first, options), options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Only now is it worth a load per feature to learn what is missing.
    const features = probeFeatures();
    const tier = tierFor(features);
    if (options.tier !== undefined || tier === first) throw error;
    return new ProbedKernel(tier, features, loadProbes(tier, options), options);
  }
}

class ProbedKernel implements Kernel {
  readonly tier: Tier;
  readonly features: readonly Feature[];
  readonly #probes: Probes;
  readonly #targets: TargetSet;
  readonly #routes: RouteTable;
  readonly #red: RedReader;
  readonly #policies: BpfMap;
  readonly #events: EventCounts;
  readonly #flight: FlightRecorder;
  readonly #kept: Ring;
  readonly #control: Ring;
  readonly #slowRing: Ring;
  readonly #slow: SlowConnections;
  readonly #policyOf = new Map<number, Policy>();
  readonly #timer: NodeJS.Timeout | undefined;
  #takeKept: (exchange: KeptExchange) => void = () => {};
  #takeControl: (event: ControlEvent) => void = () => {};
  #open = true;

  constructor(tier: Tier, features: readonly Feature[], probes: Probes, options: KernelOptions) {
    const fd = (name: string) => probes.descriptors.get(name) ?? -1;
    const { cpus, rings, redRows, redPerCpu } = probes;
    this.tier = tier;
    this.features = features;
    this.#probes = probes;
    this.#targets = new TargetSet(probes.descriptors, probes.processIds);
    this.#routes = new RouteTable(new BpfMap(fd('routes'), 8, layout.routeEntry.structSize, mostRoutes));
    this.#red = new RedReader(probes.descriptors, { cpus, redRows, perCpu: redPerCpu });
    this.#policies = new BpfMap(fd('policies'), 4, layout.policy.structSize, maxServices);
    this.#events = new EventCounts(probes.descriptors, cpus);
    this.#flight = new FlightRecorder(
      new BpfMap(fd('flight'), 4, layout.summary.structSize * cpus, flightSlots),
      new BpfMap(fd('flight_next'), 4, 8 * cpus, 1),
      cpus,
    );
    this.#kept = new Ring(fd('kept'), rings.kept);
    this.#control = new Ring(fd('control'), rings.control);
    this.#slowRing = new Ring(fd('slow'), rings.slow);
    this.#slow = new SlowConnections({
      policyOf: (serviceId) => this.#policyOf.get(serviceId),
      learnRoute: ({ routeHash, target }) => this.#routes.learn(routeHash, target),
      kept: (exchange) => this.#takeKept(exchange),
      redRows,
    });
    const every = options.pollEveryMs ?? 50;
    this.#timer = every > 0 ? setInterval(() => this.poll(), every).unref() : undefined;
  }

  get mapBytes(): number {
    return this.#probes.mapBytes();
  }

  /** Connections and processes too. @throws Refused. */
  watch(): void {
    this.#probes.watch();
  }

  setTarget(pid: number, target: Target): boolean {
    if (!(target.serviceId > 0 && target.serviceId < maxServices))
      throw new RangeError(`service ${target.serviceId}: 1 to ${maxServices - 1}`);
    return this.#targets.set(pid, target);
  }

  removeTarget(pid: number): void {
    this.#targets.delete(pid);
  }

  targets(): ReadonlyMap<number, Target> {
    return this.#targets.all();
  }

  setPolicy(serviceId: number, policy: Policy): void {
    const p = layout.policy;
    const value = Buffer.alloc(p.structSize);
    value.writeBigUInt64LE(policy.slowerThanNs, p.slowerThanNs);
    value.writeBigUInt64LE(policy.threshold, p.threshold);
    value.writeBigUInt64LE(
      policy.keptPerSecond > 0 ? BigInt(Math.round(1e9 / policy.keptPerSecond)) : 0n,
      p.intervalNs,
    );
    value.writeUInt16LE(Math.min(policy.captureRequestBytes, 256), p.captureRequest);
    value.writeUInt8(policy.keepErrors ? 1 : 0, p.keepErrors);
    value.writeUInt8(1, p.set);
    this.#policies.set(keyOf(serviceId), value);
    // Every connection keeps a copy.
    this.#targets.bumpEpoch();
    this.#policyOf.set(serviceId, policy);
  }

  removeService(serviceId: number): bigint {
    this.#targets.deleteService(serviceId);
    this.#policies.set(keyOf(serviceId), Buffer.alloc(layout.policy.structSize));
    this.#targets.bumpEpoch();
    this.#policyOf.delete(serviceId);
    const slow = this.#slow.removeService(serviceId);
    const { exchanges, routesInUse } = this.#red.removeService(serviceId);
    const used = new Set(routesInUse);
    for (const row of this.#slow.rows()) used.add(row.routeHash);
    this.#routes.removeService(serviceId, used);
    return exchanges + slow;
  }

  routeText(routeHash: bigint): string | undefined {
    return this.#routes.text(routeHash);
  }

  readRed(): RedRow[] {
    const rows = this.#red.rows();
    const slow = [...this.#slow.rows()];
    if (slow.length === 0) return rows;
    const series = new Map(rows.map((row) => [seriesKey(row), row]));
    for (const row of slow) {
      const there = series.get(seriesKey(row));
      series.set(seriesKey(row), there ? sumOf(there, row) : row);
    }
    return [...series.values()];
  }

  readOverflow(): OverflowRow[] {
    // Reading the totals costs as much as all rows together, and there is nothing in them until a row found no room.
    const rows = this.#events.rare('redFull') === 0n ? [] : this.#red.overflow();
    const totals = new Map(rows.map((row) => [overflowKey(row), row]));
    for (const row of this.#slow.overflow()) {
      const there = totals.get(overflowKey(row));
      totals.set(overflowKey(row), there ? sumOfTotals(there, row) : row);
    }
    return [...totals.values()];
  }

  readCoverage() {
    return this.#red.coverage();
  }

  readHealth(): Readonly<Record<HealthReason, bigint>> {
    const counts = this.#events.all();
    const health = Object.fromEntries(healthReasons.map((reason, index) => [reason, counts[index] ?? 0n])) as Record<
      HealthReason,
      bigint
    >;
    const { slowExchanges, ...slow } = this.#slow.counts;
    health.notKept = this.#flight.recorded();
    for (const [reason, count] of Object.entries(slow)) health[reason as HealthReason] += count;
    health.routesFull += BigInt(this.#routes.full);
    health.targetsFull += BigInt(this.#targets.refused);
    health.slowExchanges = slowExchanges;
    health.exchanges += slowExchanges;
    health.recursionMisses = this.#recursionMisses(health.runsTakenOver);
    return health;
  }

  /**
   * Runs the kernel left out because the program was already running on that CPU. Of a program with two copies: at most
   * those of the first copy that the second did not take over, and at most those of the second.
   */
  #recursionMisses(takenOver: bigint): bigint {
    const offset = 208;
    let [first, second] = [0n, 0n];
    for (const copies of this.#probes.programs.values()) {
      const missed = copies.map((fd) => objectInfo(fd, offset + 8).readBigUInt64LE(offset));
      first += missed[0] ?? 0n;
      second += missed.at(-1) ?? 0n;
    }
    return first - takenOver < second ? first - takenOver : second;
  }

  onKept(listener: (exchange: KeptExchange) => void): void {
    this.#takeKept = listener;
  }

  onControl(listener: (event: ControlEvent) => void): void {
    this.#takeControl = listener;
  }

  poll(): number {
    if (!this.#open) return 0;
    const slow = this.#slowRing.drain((view, bytes, at) => this.#slow.take(view, bytes, at));
    this.#slow.settle(process.hrtime.bigint());
    const control = this.#control.drain((view, bytes, at) => {
      const event = controlAt(view, bytes, at);
      if (event?.kind === 'close') this.#slow.close(event.socket, event.closedNs);
      if (event) this.#takeControl(event);
    });
    const kept = this.#kept.drain((view, bytes, at) => this.#takeKept(keptAt(view, bytes, at)));
    return slow + control + kept;
  }

  scanFlight(sinceNs: bigint, untilNs: bigint): Flight {
    const flight = this.#flight.scan(sinceNs, untilNs);
    const slow = this.#slow.flight(sinceNs, untilNs);
    return slow ? bothFlights(flight, slow) : flight;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#timer);
    this.#kept.close();
    this.#control.close();
    this.#slowRing.close();
    this.#targets.close();
    this.#probes.close();
  }
}

function keyOf(index: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(index);
  return key;
}
