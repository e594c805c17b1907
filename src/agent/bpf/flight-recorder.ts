import type { BpfMap } from './bpf-map.ts';
import { FlightWindow, nsAt, recordAt, type Remembered } from './flight-window.ts';
import * as layout from './layout.gen.ts';

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

  /** Exchanges that ended at `sinceNs` (monotonic) or later, began by `untilNs` and were not kept. */
  scan(sinceNs: bigint, untilNs: bigint): FlightWindow {
    const positions = this.#positions.readRange(0, 1);
    const chunks = new Map<number, DataView>();
    const found: Remembered[] = [];
    for (let cpu = 0; cpu < this.#cpus; cpu++)
      this.#scanCpu(
        cpu,
        positions.readBigUInt64LE(cpu * 8),
        Number(sinceNs),
        (view, at) => {
          const record = recordAt(view, at, Number(untilNs));
          if (record) found.push(record);
        },
        chunks,
      );
    return new FlightWindow(found);
  }

  #scanCpu(
    cpu: number,
    next: bigint,
    sinceNs: number,
    take: (view: DataView, at: number) => void,
    chunks: Map<number, DataView>,
  ): void {
    // The oldest slot of a full recorder is the one that may be written now.
    const recorded = Math.min(Number(next), flightSlots - 1);
    const newest = Number(BigInt.asUintN(32, next)) - 1;
    let olderInARow = 0;
    for (let back = 0; back < recorded; back++) {
      const slot = (newest - back) & (flightSlots - 1);
      const first = slot - (slot % chunkSlots);
      let view = chunks.get(first);
      if (!view) chunks.set(first, (view = this.#read(first)));
      const at = ((slot - first) * this.#cpus + cpu) * size;
      if (nsAt(view, at + layout.summary.lastNs) >= sinceNs) {
        olderInARow = 0;
        take(view, at);
        // An interrupt may have recorded out of turn, but not a whole chunk of it.
      } else if (++olderInARow >= chunkSlots) return;
    }
  }

  #read(first: number): DataView {
    const { buffer, byteOffset, length } = this.#slots.readRange(first, chunkSlots);
    return new DataView(buffer, byteOffset, length);
  }
}
