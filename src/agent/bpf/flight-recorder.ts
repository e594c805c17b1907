import type { BpfMap } from './bpf-map.ts';
import { FlightWindow, type Remembered } from './flight-window.ts';
import * as layout from './layout.gen.ts';

/** Slots per CPU, as bpf/maps/flight.h sizes them; a power of two. */
export const flightSlots = 2048;
const chunkSlots = 128;
/** An interrupt may have recorded out of turn, but not as often as this. */
const mostOutOfTurn = 64;
const size = layout.summary.structSize;
const startWord = layout.summary.startNs / 4;
const lastWord = layout.summary.lastNs / 4;

/** Slots of all CPUs, copied; as words too, because every slot's times are looked at. */
interface Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly words: Uint32Array;
  /** The scan it was read for. */
  scan: number;
}

/** Reads the flight recorder from its newest slot back, as far as somebody asks. */
export class FlightRecorder {
  readonly #slots: Pick<BpfMap, 'readRange'>;
  readonly #positions: Pick<BpfMap, 'readRange'>;
  readonly #cpus: number;
  /** Used again by every scan: what lies outside the heap and is thrown away makes the collector run all the same. */
  readonly #chunks = new Map<number, Chunk>();
  #scans = 0;

  /** `positions`: one counter per CPU of all it ever recorded. */
  constructor(slots: Pick<BpfMap, 'readRange'>, positions: Pick<BpfMap, 'readRange'>, cpus: number) {
    this.#slots = slots;
    this.#positions = positions;
    this.#cpus = cpus;
  }

  /** Exchanges that ended at `sinceNs` (monotonic) or later, began by `untilNs` and were not kept; until the next scan. */
  scan(sinceNs: bigint, untilNs: bigint): FlightWindow {
    const positions = this.#positions.readRange(0, 1);
    this.#scans++;
    const found: Remembered[] = [];
    for (let cpu = 0; cpu < this.#cpus; cpu++)
      this.#scanCpu(cpu, positions.readBigUInt64LE(cpu * 8), Number(sinceNs), untilNs, found);
    return new FlightWindow(found);
  }

  /** Exchanges recorded so far. */
  recorded(): bigint {
    const positions = this.#positions.readRange(0, 1);
    let all = 0n;
    for (let cpu = 0; cpu < this.#cpus; cpu++) all += positions.readBigUInt64LE(cpu * 8);
    return all;
  }

  #scanCpu(cpu: number, next: bigint, sinceNs: number, untilNs: bigint, found: Remembered[]): void {
    const untilHigh = Number(untilNs >> 32n);
    const untilLow = Number(untilNs & 0xffff_ffffn);
    // The oldest slot of a full recorder is the one that may be written now.
    let left = Math.min(Number(next), flightSlots - 1);
    let slot = Number(BigInt.asUintN(32, next)) - 1;
    let olderInARow = 0;
    while (left > 0) {
      slot &= flightSlots - 1;
      const first = slot - (slot % chunkSlots);
      const { view, words } = this.#chunk(first);
      const here = Math.min(left, slot - first + 1);
      // Nothing is called for what began too late: under load that is all of it.
      for (let i = 0; i < here; i++) {
        const at = ((slot - i - first) * this.#cpus + cpu) * size;
        const word = at >> 2;
        const high = words[word + startWord + 1] as number;
        if (high > untilHigh || (high === untilHigh && (words[word + startWord] as number) > untilLow)) {
          olderInARow = 0;
          continue;
        }
        const lastNs = nsAt(words, word + lastWord);
        if (lastNs >= sinceNs) {
          olderInARow = 0;
          found.push({ view, at, startNs: nsAt(words, word + startWord), lastNs });
        } else if (++olderInARow >= mostOutOfTurn) return;
      }
      left -= here;
      slot -= here;
    }
  }

  #chunk(first: number): Chunk {
    let chunk = this.#chunks.get(first);
    if (!chunk) {
      const bytes = Buffer.alloc(chunkSlots * this.#cpus * size);
      const { buffer, byteOffset, length } = bytes;
      const words = new Uint32Array(buffer, byteOffset, length / 4);
      chunk = { bytes, view: new DataView(buffer, byteOffset, length), words, scan: 0 };
      this.#chunks.set(first, chunk);
    }
    if (chunk.scan !== this.#scans) this.#slots.readRange(first, chunkSlots, chunk.bytes);
    chunk.scan = this.#scans;
    return chunk;
  }
}

/** A time as a number, without the cost of a bigint. Words come low first on every machine the agent runs on. */
function nsAt(words: Uint32Array, word: number): number {
  return (words[word + 1] ?? 0) * 2 ** 32 + (words[word] ?? 0);
}
