import type { ControlEvent } from './control-event.ts';
import type { Flight, KeptExchange } from './exchange.ts';
import type { Feature, Tier } from './feature.ts';
import type { HealthReason } from './health.ts';
import type { CoverageRow, OverflowRow, RedRow } from './red-row.ts';

/** What the kernel does with the exchanges of one process. */
export interface Target {
  /** 1 to `maxServices - 1`; userland owns the numbering and the names. */
  readonly serviceId: number;
}

/** Which exchanges of a service become spans. Effective from the next exchange on; counting never depends on it. */
export interface Policy {
  /** Status 5xx, 4xx on the client side, or no response. */
  readonly keepErrors: boolean;
  /** Keep when first request byte to first response byte took longer; 0n: off. */
  readonly slowerThanNs: bigint;
  /** 56 bit: keep when the trace id's last 56 bits are >= it. 0n keeps all, 1n << 56n none. */
  readonly threshold: bigint;
  /** Cap on kept exchanges of this service, whatever their verdict; 0: none. SLOW connections have as many again. */
  readonly keptPerSecond: number;
  /** Bytes of the request head, at most 256. */
  readonly captureRequestBytes: number;
}

export interface KernelOptions {
  /** Take the second tier although the first is there (tests). */
  readonly tier?: Tier;
  /** Rows of exact count; default 4096. */
  readonly redRows?: number;
  /** Bytes, powers of two; defaults 4 MiB, 256 KiB, 2 MiB. */
  readonly keptRingBytes?: number;
  readonly controlRingBytes?: number;
  readonly slowRingBytes?: number;
  /** Report exec, fork and exit of every process, not only of targets (discovery); default true. */
  readonly watchProcesses?: boolean;
  /** How often the rings are read, milliseconds; default 50. 0: only by `poll()`. */
  readonly pollEveryMs?: number;
}

/**
 * The probes, loaded and attached: the one door between userland and the kernel.
 * Everything is synchronous and runs on the event loop; callbacks come from the poll timer or `poll()`.
 */
export interface Kernel {
  readonly tier: Tier;
  readonly features: readonly Feature[];
  /** Bytes of all maps, as the kernel accounts them. */
  readonly mapBytes: number;
  /**
   * Selects a process, by its id in /proc; again with another service: moves it. One that is gone is passed over.
   * @returns false when there is no room for another one (counted as `targetsFull`).
   */
  setTarget(pid: number, target: Target): boolean;
  removeTarget(pid: number): void;
  /** By the ids of the initial PID namespace, which are those of /proc but on a node that is itself a container. */
  targets(): ReadonlyMap<number, Target>;
  /** Services without one keep nothing. */
  setPolicy(serviceId: number, policy: Policy): void;
  /**
   * Frees everything a service holds: targets, policy, rows, totals, coverage, and the route names nobody else counts
   * under. Its id may stand for another service afterwards.
   * @returns the exchanges its rows and totals held when they went.
   */
  removeService(serviceId: number): bigint;
  /** Template of a route hash; undefined when the dictionary was full (counted) or the hash is 0. */
  routeText(routeHash: bigint): string | undefined;
  /** Running totals, SLOW connections merged in. Cost grows with rows, not with requests. */
  readRed(): RedRow[];
  readOverflow(): OverflowRow[];
  readCoverage(): CoverageRow[];
  readHealth(): Readonly<Record<HealthReason, bigint>>;
  /** One listener each; a second call replaces the first. */
  onKept(listener: (exchange: KeptExchange) => void): void;
  onControl(listener: (event: ControlEvent) => void): void;
  /** Reads the rings now; returns the records handled. */
  poll(): number;
  /** Exchanges not kept that ended at `sinceNs` (monotonic) or later and began by `untilNs`. */
  scanFlight(sinceNs: bigint, untilNs: bigint): Flight;
  /** Detaches and frees everything; nothing stays in the kernel. Idempotent. */
  close(): void;
}
