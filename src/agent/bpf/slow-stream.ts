import { HttpReader, type HttpEvent, type HttpHead } from '../protocol/index.ts';

/** When, and by which thread, the byte at an offset was moved. */
export interface Mark {
  readonly offset: number;
  readonly atNs: bigint;
  readonly tid: number;
}

export interface Piece {
  readonly offset: number;
  readonly atNs: bigint;
  readonly tid: number;
  readonly bytes: Uint8Array;
  /** Bytes after `bytes` that could not be read. */
  readonly missing: number;
}

/** One direction of a SLOW connection: puts its pieces in a row and remembers when each began. */
export class SlowStream {
  readonly reader: HttpReader;
  #next = 0;
  #marks: Mark[] = [];

  constructor(keepBytes: number) {
    this.reader = new HttpReader(keepBytes);
  }

  /** Events of a piece. False instead: bytes were lost that were not a body's. */
  push(piece: Piece): Iterable<HttpEvent> | false {
    const lost = piece.offset - this.#next;
    if (lost !== 0 && !this.reader.skip(BigInt(lost))) return false;
    this.#next = piece.offset + piece.bytes.length + piece.missing;
    if (this.reader.idle) this.#marks = [];
    this.#marks.push({ offset: piece.offset, atNs: piece.atNs, tid: piece.tid });
    if (piece.missing > 0) return this.reader.skip(BigInt(piece.missing)) ? [] : false;
    return this.reader.push(piece.bytes);
  }

  /** The piece a head began in. */
  markOf(head: HttpHead): Mark | undefined {
    return this.#marks.findLast((mark) => mark.offset <= head.offset);
  }
}
