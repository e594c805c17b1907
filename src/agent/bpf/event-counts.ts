import { BpfMap } from './bpf-map.ts';
import { healthReasons, kernelReasons, type HealthReason } from './health.ts';
import * as layout from './layout.gen.ts';

/** Scratch of the probes per CPU, as bpf/include/work.h numbers it. */
const workSlots = 3;

/** How often each thing happened in the kernel: rare ones have a map, those of every call are counted in the probes' scratch. */
export class EventCounts {
  readonly #rare: BpfMap;
  readonly #works: BpfMap;

  constructor(descriptors: ReadonlyMap<string, number>, cpus: number) {
    const fd = (name: string) => descriptors.get(name) ?? -1;
    this.#rare = new BpfMap(fd('health'), 4, kernelReasons * 8 * cpus, 1);
    this.#works = new BpfMap(fd('works'), 4, layout.work.structSize * cpus, workSlots);
  }

  /** In the order of `healthReasons`, over all CPUs. */
  all(): bigint[] {
    const counts = Array.from({ length: kernelReasons }, () => 0n);
    add(counts, this.#rare.readRange(0, 1), 0, kernelReasons * 8);
    add(counts, this.#works.readRange(0, workSlots), layout.work.health, layout.work.structSize);
    return counts;
  }

  /** One that no probe counts in its scratch. */
  rare(reason: HealthReason): bigint {
    const counts = Array.from({ length: kernelReasons }, () => 0n);
    add(counts, this.#rare.readRange(0, 1), 0, kernelReasons * 8);
    return counts[healthReasons.indexOf(reason)] ?? 0n;
  }
}

/** Adds the counters at `at` of every `stride` bytes. */
function add(counts: bigint[], values: Buffer, at: number, stride: number): void {
  for (let copy = at; copy < values.length; copy += stride)
    for (const reason of counts.keys())
      counts[reason] = (counts[reason] ?? 0n) + values.readBigUInt64LE(copy + reason * 8);
}
