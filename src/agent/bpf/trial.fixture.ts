import type { ControlEvent, KeptExchange, Kernel, KernelOptions, Policy } from './index.ts';
import { openKernel } from './index.ts';
import { countsOf, type Counts } from './shapes.fixture.ts';

/** Counts, and keeps nothing. */
export const keepNothing: Policy = {
  keepErrors: false,
  slowerThanNs: 0n,
  threshold: 1n << 56n,
  keptPerSecond: 0,
  captureRequestBytes: 0,
};

/** The threshold that keeps this share of the trace ids. */
export function thresholdOf(share: number): bigint {
  return (1n << 56n) - BigInt(Math.round(share * 2 ** 56));
}

/** A kernel of a test's own, with everything it handed over. */
export class Trial {
  readonly kernel: Kernel;
  readonly kept: KeptExchange[] = [];
  readonly events: ControlEvent[] = [];

  constructor(options: KernelOptions = {}) {
    this.kernel = openKernel({ watchProcesses: false, pollEveryMs: 20, ...options });
    this.kernel.onKept((exchange) => this.kept.push(exchange));
    this.kernel.onControl((event) => this.events.push(event));
  }

  /** Selects a process for a service. */
  select(serviceId: number): (pid: number) => void {
    return (pid) => this.kernel.setTarget(pid, { serviceId });
  }

  /** Reads what is in the rings; closes are settled by the poll after the one that reads them. */
  settle(): void {
    for (let i = 0; i < 3; i++) this.kernel.poll();
  }

  counts(serviceId: number): Counts {
    return countsOf(this.kernel.readRed(), serviceId, (hash) => this.kernel.routeText(hash));
  }
}
