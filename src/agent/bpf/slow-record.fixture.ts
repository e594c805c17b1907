import * as layout from './layout.gen.ts';

const record = layout.slowRecord;
const sending = 0;
const receiving = 1;

export interface Moved {
  readonly socket?: bigint;
  readonly serviceId?: number;
  readonly atNs?: bigint;
}

/** Writes the slow ring's records of servers' connections, as the kernel does. */
export class SlowPieces {
  readonly #take: (view: DataView, bytes: Uint8Array, at: number) => void;
  readonly #moved = new Map<string, number>();

  constructor(take: (view: DataView, bytes: Uint8Array, at: number) => void) {
    this.#take = take;
  }

  request(text: string, moved: Moved = {}): void {
    this.#piece(receiving, text, moved);
  }

  response(text: string, moved: Moved = {}): void {
    this.#piece(sending, text, moved);
  }

  /** One request for a path, answered with a status and no body. */
  exchange(path: string, status = 200, moved: Moved = {}): void {
    this.request(`GET ${path} HTTP/1.1\r\n\r\n`, moved);
    this.response(`HTTP/1.1 ${status} Some Words\r\nContent-Length: 0\r\n\r\n`, moved);
  }

  #piece(direction: number, text: string, { socket = 7n, serviceId = 1, atNs = 0n }: Moved): void {
    const bytes = Buffer.alloc(record.structSize);
    const content = Buffer.from(text);
    const key = `${socket} ${direction}`;
    const offset = this.#moved.get(key) ?? 0;
    this.#moved.set(key, offset + content.length);
    bytes.writeBigUInt64LE(socket, record.socket);
    bytes.writeBigUInt64LE(atNs, record.atNs);
    bytes.writeBigUInt64LE(BigInt(offset), record.offset);
    bytes.writeUInt32LE(serviceId, record.service);
    bytes.writeUInt16LE(content.length, record.size);
    bytes.writeUInt8(1, record.side);
    bytes.writeUInt8(direction, record.direction);
    content.copy(bytes, record.bytes);
    this.#take(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes, 0);
  }
}
