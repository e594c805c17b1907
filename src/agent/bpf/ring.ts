import { map, pageSize, unmap } from './libbpf.ts';

const busy = 0x8000_0000;
const discarded = 0x4000_0000;
const headerSize = 8;

/**
 * Reads a BPF ring buffer in place: a page with the consumer's position, a page with the producer's, and the data mapped
 * twice in a row so that no record is ever split. https://docs.kernel.org/bpf/ringbuf.html
 */
export class Ring {
  readonly #regions: { at: unknown; size: number }[] = [];
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #headers: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #mask: number;
  #position: number;
  #open = true;

  /** @param size of the map, bytes, a power of two. */
  constructor(fd: number, size: number) {
    const page = pageSize();
    this.#consumer = new BigInt64Array(this.#map(fd, page, 0, true));
    const data = this.#map(fd, page + 2 * size, page, false);
    this.#producer = new BigInt64Array(data, 0, 1);
    this.#headers = new Int32Array(data, page);
    this.#bytes = new Uint8Array(data, page);
    this.#view = new DataView(data, page);
    this.#mask = size - 1;
    this.#position = Number(Atomics.load(this.#consumer, 0));
  }

  #map(fd: number, size: number, offset: number, write: boolean): ArrayBuffer {
    const { at, view } = map(fd, size, offset, write);
    this.#regions.push({ at, size });
    return view;
  }

  /**
   * Hands every finished record to `take`, oldest first, as a view valid only during the call.
   * @returns how many.
   */
  drain(take: (view: DataView, bytes: Uint8Array, at: number, size: number) => void): number {
    if (!this.#open) return 0;
    let taken = 0;
    const end = Number(Atomics.load(this.#producer, 0));
    while (this.#position < end) {
      const at = this.#position & this.#mask;
      const header = Atomics.load(this.#headers, at >> 2) >>> 0;
      if (header & busy) break;
      const size = header & ~(busy | discarded);
      if (!(header & discarded)) {
        take(this.#view, this.#bytes, at + headerSize, size);
        taken++;
      }
      this.#position += (size + headerSize + 7) & ~7;
      if ((taken & 1023) === 0) this.#publish();
      if (!this.#open) return taken;
    }
    this.#publish();
    return taken;
  }

  #publish(): void {
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
  }

  /** Unmaps; the views are gone. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const { at, size } of this.#regions) unmap(at, size);
  }
}
