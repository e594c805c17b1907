import type { BpfMap } from './bpf-map.ts';
import type { FlightSummary } from './exchange.ts';
import * as layout from './layout.gen.ts';
import { summaryAt } from './records.ts';

/** Slots per CPU, as bpf/maps/flight.h sizes them; a power of two. */
export const flightSlots = 2048;
const chunkSlots = 64;
const size = layout.summary.structSize;

/** Reads the flight recorder from its newest slot back, as far as somebody asks. */
export class FlightRecorder {
  readonly #slots: Pick<BpfMap, 'readRange'>;
  readonly #positions: Pick<BpfMap, 'readRange'>;
  readonly #cpus: number;

  /** `positions`: one counter per CPU of all it ever recorded. */
  constructor(slots: Pick<BpfMap, 'readRange'>, positions: Pick<BpfMap, 'readRange'>, cpus: number) {
    this.#slots = slots;
    this.#positions = positions;
    this.#cpus = cpus;
  }

  /** Exchanges that ended at `sinceNs` (monotonic) or later and were not kept, in no order. */
  scan(sinceNs: bigint): FlightSummary[] {
    const positions = this.#positions.readRange(0, 1);
    const chunks = new Map<number, Buffer>();
    const found: FlightSummary[] = [];
    for (let cpu = 0; cpu < this.#cpus; cpu++)
      found.push(...this.#scanCpu(cpu, positions.readBigUInt64LE(cpu * 8), sinceNs, chunks));
    return found;
  }

  *#scanCpu(cpu: number, next: bigint, sinceNs: bigint, chunks: Map<number, Buffer>): Iterable<FlightSummary> {
    // The oldest slot of a full recorder is the one that may be written now.
    const recorded = Math.min(Number(next), flightSlots - 1);
    let olderInARow = 0;
    for (let back = 1; back <= recorded; back++) {
      const slot = Number((next - BigInt(back)) & BigInt(flightSlots - 1));
      const first = slot - (slot % chunkSlots);
      let chunk = chunks.get(first);
      if (!chunk) chunks.set(first, (chunk = this.#slots.readRange(first, chunkSlots)));
      const at = ((slot - first) * this.#cpus + cpu) * size;
      const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
      if (view.getBigUint64(at + layout.summary.lastNs, true) >= sinceNs) {
        olderInARow = 0;
        yield summaryAt(view, chunk, at);
        // An interrupt may have recorded out of turn, but not a whole chunk of it.
      } else if (++olderInARow >= chunkSlots) return;
    }
  }
}
