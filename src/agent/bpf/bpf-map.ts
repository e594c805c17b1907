import { deleteElement, errno, errnoName, lookupBatch, lookupElement, takeElement, updateElement } from './libbpf.ts';

/** All elements of a map: key i begins at `i * keySize`, value i at `i * valueSize` (per-CPU copies in a row). */
export interface Elements {
  readonly count: number;
  readonly keys: Buffer;
  readonly values: Buffer;
}

/** A map in the kernel by descriptor: single elements by key, and all of them in one system call. */
export class BpfMap {
  readonly fd: number;
  readonly keySize: number;
  /** Bytes userland sees: for a per-CPU map, of all CPUs. */
  readonly valueSize: number;
  readonly entries: number;
  #buffers: { keys: Buffer; values: Buffer } | undefined;

  constructor(fd: number, keySize: number, valueSize: number, entries: number) {
    this.fd = fd;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.entries = entries;
  }

  /** @throws when the map is full. */
  set(key: Buffer, value: Buffer): void {
    if (!this.setIfRoom(key, value)) throw new Error('map update: E2BIG');
  }

  /** @returns false when the map is full. */
  setIfRoom(key: Buffer, value: Buffer): boolean {
    if (updateElement(this.fd, key, value) === 0) return true;
    const code = errnoName(errno());
    if (code !== 'E2BIG') throw new Error(`map update: ${code}`);
    return false;
  }

  get(key: Buffer): Buffer | undefined {
    const value = Buffer.alloc(this.valueSize);
    return lookupElement(this.fd, key, value) < 0 ? undefined : value;
  }

  /** Removes an element of a hash. @returns what it held at that moment, undefined if there was none. */
  take(key: Buffer): Buffer | undefined {
    const value = Buffer.alloc(this.valueSize);
    return takeElement(this.fd, key, value) < 0 ? undefined : value;
  }

  /** @returns false if there was none. */
  delete(key: Buffer): boolean {
    return deleteElement(this.fd, key) === 0;
  }

  /** Elements of an array from an index on, in one system call. `into` has room for them and is used again by the caller. */
  readRange(first: number, count: number, into: Buffer = Buffer.alloc(count * this.valueSize)): Buffer {
    const before = Buffer.alloc(8);
    if (first > 0) before.writeUInt32LE(first - 1);
    const keys = Buffer.allocUnsafe(count * this.keySize);
    const read: [number] = [count];
    const result = lookupBatch(this.fd, first > 0 ? before : null, Buffer.alloc(8), keys, into, read);
    if (result < 0 && errnoName(errno()) !== 'ENOENT') throw new Error(`map batch read: ${errnoName(errno())}`);
    return into.subarray(0, read[0] * this.valueSize);
  }

  /** Reads everything. The buffers are used again by the next call. */
  readAll(): Elements {
    const { keys, values } = (this.#buffers ??= {
      keys: Buffer.alloc(this.entries * this.keySize),
      values: Buffer.alloc(this.entries * this.valueSize),
    });
    const cursor = Buffer.alloc(Math.max(this.keySize, 8));
    let read = 0;
    for (let first = true; read < this.entries; first = false) {
      const count: [number] = [this.entries - read];
      const to = { keys: keys.subarray(read * this.keySize), values: values.subarray(read * this.valueSize) };
      const result = lookupBatch(this.fd, first ? null : cursor, cursor, to.keys, to.values, count);
      const code = result < 0 ? errnoName(errno()) : '';
      if (code && code !== 'ENOENT') throw new Error(`map batch read: ${code}`);
      read += count[0];
      if (code || count[0] === 0) break;
    }
    return { count: read, keys, values };
  }
}
