import type { Flight, FlightSummary } from './exchange.ts';
import * as layout from './layout.gen.ts';
import { hex64, summaryAt } from './records.ts';

const fields = layout.summary;

/** Where an exchange lies in a copy of the recorder. */
export interface Remembered {
  readonly view: DataView;
  readonly at: number;
  /** Both rounded alike, so that no order is turned round; as numbers, because a bigint is dear. */
  readonly startNs: number;
  readonly lastNs: number;
}

/** A reading of the flight recorder, still as the kernel wrote it: of thousands of exchanges a few are asked for. */
export class FlightWindow implements Flight {
  /** By their ends. */
  readonly #records: Remembered[];
  readonly #taken = new Set<Remembered>();
  readonly #longestNs: number;

  constructor(records: readonly Remembered[]) {
    this.#records = records.toSorted((a, b) => a.lastNs - b.lastNs);
    this.#longestNs = records.reduce((longest, { startNs, lastNs }) => Math.max(longest, lastNs - startNs), 0);
  }

  takeDuring(startNs: bigint, endNs: bigint): FlightSummary[] {
    const [from, to] = [Number(startNs), Number(endNs)];
    const found: FlightSummary[] = [];
    for (let i = this.#firstEndingAt(from); i < this.#records.length; i++) {
      const record = this.#records[i] as Remembered;
      if (record.lastNs - this.#longestNs > to) break;
      if (record.startNs <= to) this.#take(record, found);
    }
    return found;
  }

  takeTrace(traceId: string): FlightSummary[] {
    const end = Number.parseInt(traceId.slice(-8), 16);
    const found: FlightSummary[] = [];
    for (const record of this.#records)
      if (record.view.getUint32(record.at + fields.traceLow, true) === end && traceOf(record) === traceId)
        this.#take(record, found);
    return found;
  }

  #take(record: Remembered, into: FlightSummary[]): void {
    if (this.#taken.has(record)) return;
    this.#taken.add(record);
    const { view, at } = record;
    into.push(summaryAt(view, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at));
  }

  #firstEndingAt(ns: number): number {
    let low = 0;
    for (let high = this.#records.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle] as Remembered).lastNs < ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function traceOf({ view, at }: Remembered): string {
  return hex64(view.getBigUint64(at + fields.traceHigh, true)) + hex64(view.getBigUint64(at + fields.traceLow, true));
}
