import {
  type ControlEvent,
  type CoverageRow,
  type Flight,
  type FlightSummary,
  type HealthReason,
  type KeptExchange,
  type Kernel,
  type OverflowRow,
  type Policy,
  type RedRow,
  type Side,
  type Target,
  bucketBoundsNs,
  flightOf,
  healthReasons,
} from './bpf/contract.ts';

/** What a made-up exchange is; everything left out is filled with something plausible. */
export interface Scene extends Partial<Omit<FlightSummary, 'routeHash'>> {
  readonly path: string;
  readonly durationMs?: number;
  readonly head?: string;
}

/** A kernel made of Maps that counts and decides like the real one, for tests of what stands on it. */
export class FakeKernel implements Kernel {
  readonly tier = 'T1';
  readonly features = [];
  mapBytes = 0;
  readonly policies = new Map<number, Policy>();
  readonly flight: FlightSummary[] = [];
  readonly overflow: OverflowRow[] = [];
  mostTargets = 16_384;
  closed = false;
  readonly #targets = new Map<number, Target>();
  readonly #routes = new Map<bigint, string>();
  readonly #rows = new Map<string, RedRow>();
  #kept: (exchange: KeptExchange) => void = () => {};
  #control: (event: ControlEvent) => void = () => {};
  #sequence = 1;

  setTarget(tgid: number, target: Target): boolean {
    const room = this.#targets.has(tgid) || this.#targets.size < this.mostTargets;
    if (room) this.#targets.set(tgid, target);
    return room;
  }
  removeTarget(tgid: number): void {
    this.#targets.delete(tgid);
  }
  targets(): ReadonlyMap<number, Target> {
    return this.#targets;
  }
  setPolicy(serviceId: number, policy: Policy): void {
    this.policies.set(serviceId, policy);
  }
  removeService(serviceId: number): bigint {
    let removed = 0n;
    for (const [key, row] of this.#rows) {
      if (row.serviceId !== serviceId) continue;
      removed += row.count;
      this.#rows.delete(key);
    }
    for (let at = this.overflow.length - 1; at >= 0; at--) {
      if (this.overflow[at]?.serviceId === serviceId) removed += this.overflow.splice(at, 1)[0]?.count ?? 0n;
    }
    this.policies.delete(serviceId);
    return removed;
  }
  routeText(routeHash: bigint): string | undefined {
    return this.#routes.get(routeHash);
  }
  readRed(): RedRow[] {
    return [...this.#rows.values()];
  }
  readOverflow(): OverflowRow[] {
    return this.overflow;
  }
  readCoverage(): CoverageRow[] {
    return [...new Set(this.readRed().map((row) => row.serviceId))].map((serviceId) => ({
      serviceId,
      parsed: 90n,
      slow: 0n,
      blind: 10n,
      unknown: 0n,
    }));
  }
  readHealth(): Readonly<Record<HealthReason, bigint>> {
    return Object.fromEntries(healthReasons.map((reason) => [reason, 0n])) as Record<HealthReason, bigint>;
  }
  onKept(listener: (exchange: KeptExchange) => void): void {
    this.#kept = listener;
  }
  onControl(listener: (event: ControlEvent) => void): void {
    this.#control = listener;
  }
  poll(): number {
    return 0;
  }
  scanFlight(sinceNs: bigint, untilNs: bigint): Flight {
    return flightOf(this.flight, sinceNs, untilNs);
  }
  close(): void {
    this.closed = true;
  }

  control(event: ControlEvent): void {
    this.#control(event);
  }

  /** A request came and went: counted, and kept or put into the flight recorder as the policy says. */
  exchange(scene: Scene): FlightSummary {
    const routeHash = BigInt(`0x${Buffer.from(scene.path).toString('hex').padEnd(2, '0').slice(0, 14)}`);
    this.#routes.set(routeHash, scene.path);
    const serviceId = scene.serviceId ?? this.#targets.get(scene.tgid ?? 0)?.serviceId ?? 1;
    const { path, durationMs = 1, head, ...given } = scene;
    const startNs = scene.startNs ?? process.hrtime.bigint();
    const firstNs = startNs + BigInt(Math.round(durationMs * 1e6));
    const summary: FlightSummary = {
      serviceId,
      side: 'server',
      protocol: 'http',
      method: 'GET',
      status: 200,
      traceId: (this.#sequence * 7919).toString(16).padStart(32, '1'),
      startNs,
      firstNs,
      lastNs: firstNs,
      tgid: 1,
      requestTid: 1,
      responseTid: 1,
      socket: BigInt(this.#sequence),
      local: { address: '10.0.0.1', port: 8080 },
      remote: { address: '10.0.0.2', port: 40_000 + (this.#sequence % 20_000) },
      requestSequence: this.#sequence++,
      requestBytes: 0,
      responseBytes: 10,
      ...given,
      routeHash,
    };
    this.#count(summary);
    const verdict = this.#verdict(summary);
    if (!verdict) this.flight.push(summary);
    else {
      this.#kept({
        ...summary,
        verdict,
        threshold: this.policies.get(serviceId)?.threshold ?? 0n,
        requestHead: Buffer.from(head ?? `${summary.method} ${path} HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n`),
      });
    }
    return summary;
  }

  #count(exchange: FlightSummary): void {
    const { serviceId, side, protocol, method, status, routeHash, local, remote } = exchange;
    const serverPort = side === 'server' ? local.port : remote.port;
    const peer = { address: remote.address, port: side === 'server' ? 0 : remote.port };
    const key = [serviceId, side, method, status, routeHash, serverPort, peer.address].join(' ');
    const before = this.#rows.get(key);
    const duration = exchange.firstNs - exchange.startNs;
    const found = bucketBoundsNs.findIndex((bound) => duration <= bound);
    const bucket = found < 0 ? bucketBoundsNs.length : found;
    const empty = Array.from({ length: bucketBoundsNs.length + 1 }, () => 0n);
    this.#rows.set(key, {
      serviceId,
      side,
      protocol,
      method,
      status,
      routeHash,
      serverPort,
      peer,
      count: (before?.count ?? 0n) + 1n,
      sumNs: (before?.sumNs ?? 0n) + duration,
      buckets: (before?.buckets ?? empty).map((count, at) => (at === bucket ? count + 1n : count)),
      requestBytes: (before?.requestBytes ?? 0n) + BigInt(exchange.requestBytes),
      responseBytes: (before?.responseBytes ?? 0n) + BigInt(exchange.responseBytes),
    });
  }

  #verdict(exchange: FlightSummary): KeptExchange['verdict'] | undefined {
    const policy = this.policies.get(exchange.serviceId);
    if (!policy) return undefined;
    const failed: Record<Side, number> = { server: 500, client: 400 };
    if (policy.keepErrors && (exchange.status === 0 || exchange.status >= failed[exchange.side])) return 'error';
    if (policy.slowerThanNs > 0n && exchange.firstNs - exchange.startNs > policy.slowerThanNs) return 'slow';
    return BigInt(`0x${exchange.traceId.slice(-14)}`) >= policy.threshold ? 'share' : undefined;
  }
}
