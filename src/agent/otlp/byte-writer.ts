/** Protobuf wire types. https://protobuf.dev/programming-guides/encoding/ */
const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/**
 * Writes protobuf into one growing buffer. Nested messages reserve a byte for their length and move their content
 * when that is too small, so nothing is measured twice and no message object is ever built.
 */
export class ByteWriter {
  #bytes: Buffer;
  #end = 0;

  constructor(capacity = 4096) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#end;
  }

  /** What was written since the start or the last `reset`; a copy, safe to keep. */
  toBytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#end));
  }

  reset(): void {
    this.#end = 0;
  }

  uint(field: number, value: number): void {
    this.#tag(field, varint);
    this.#varint(value);
  }

  bool(field: number, value: boolean): void {
    this.uint(field, value ? 1 : 0);
  }

  /** int64 as protobuf wants it: negative numbers take ten bytes. */
  int(field: number, value: number): void {
    this.#tag(field, varint);
    if (value >= 0) return this.#varint(value);
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#room(10);
    while (rest > 0x7fn) {
      this.#bytes[this.#end++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#end++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, fixed32);
    this.#room(4);
    this.#end = this.#bytes.writeUInt32LE(value, this.#end);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, fixed64);
    this.#room(8);
    this.#end = this.#bytes.writeBigUInt64LE(value, this.#end);
  }

  /** A whole number below 2^53 as fixed64, without a bigint. */
  count(field: number, value: number): void {
    this.#tag(field, fixed64);
    this.#count(value);
  }

  double(field: number, value: number): void {
    this.#tag(field, fixed64);
    this.#room(8);
    this.#end = this.#bytes.writeDoubleLE(value, this.#end);
  }

  packedCounts(field: number, values: ArrayLike<number>): void {
    if (values.length === 0) return;
    this.#tag(field, delimited);
    this.#varint(values.length * 8);
    for (let i = 0; i < values.length; i++) this.#count(values[i] as number);
  }

  packedDoubles(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.#tag(field, delimited);
    this.#varint(values.length * 8);
    this.#room(values.length * 8);
    for (const value of values) this.#end = this.#bytes.writeDoubleLE(value, this.#end);
  }

  string(field: number, value: string): void {
    const size = Buffer.byteLength(value);
    this.#tag(field, delimited);
    this.#varint(size);
    this.#room(size);
    this.#end += this.#bytes.write(value, this.#end, 'utf8');
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, delimited);
    this.#varint(value.length);
    this.raw(value);
  }

  /** Fields encoded earlier, copied as they are. */
  raw(encoded: Uint8Array): void {
    this.#room(encoded.length);
    this.#bytes.set(encoded, this.#end);
    this.#end += encoded.length;
  }

  message(field: number, content: () => void): void {
    this.#tag(field, delimited);
    this.#room(1);
    const start = ++this.#end;
    content();
    const size = this.#end - start;
    const extra = varintSize(size) - 1;
    if (extra > 0) {
      this.#room(extra);
      this.#bytes.copyWithin(start + extra, start, this.#end);
    }
    const end = this.#end + extra;
    this.#end = start - 1;
    this.#varint(size);
    this.#end = end;
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#end++] = rest;
  }

  #count(value: number): void {
    this.#room(8);
    this.#end = this.#bytes.writeUInt32LE(value % 0x1_0000_0000, this.#end);
    this.#end = this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.#end);
  }

  #room(size: number): void {
    const needed = this.#end + size;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++;
  return size;
}
