// HTTP/1: RFC 9112 (syntax, framing), RFC 9110 (semantics), W3C trace context.
import { foldTarget } from './route-hash.ts';

/** What matters of a line is in its first bytes; a longer line may not carry framing. As in bpf/protocol/http.h. */
const longestLine = 128;
const known = /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) /;
const capitals = /^[A-Z]{3,16} /;
const version = / HTTP\/1\.[^]$/;
const status = /^HTTP\/1\.[^] ([1-9][0-9]{2})(?: |$)/;
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** What is known of a message when its head ends. */
export interface HttpHead {
  readonly kind: 'request' | 'response';
  /** As sent; '' on a response. */
  readonly method: string;
  /** 0 on a request. */
  readonly status: number;
  readonly target: Uint8Array;
  readonly routeHash: bigint;
  readonly length: bigint | undefined;
  readonly chunked: boolean;
  /** Transfer-Encoding that does not end in chunked. */
  readonly coded: boolean;
  readonly trace: { readonly traceId: string; readonly parentSpanId: string; readonly flags: number } | undefined;
  /** Offset in the stream of the head's first byte. */
  readonly offset: number;
  /** Its first bytes, as many as the reader was asked to keep. */
  readonly beginning: Uint8Array;
}

/** `not`: the first line is not HTTP/1; `odd`: framing that cannot be followed, with the head if it was one's. */
export type HttpEvent =
  | { readonly kind: 'head'; readonly head: HttpHead }
  | { readonly kind: 'end'; readonly bodyBytes: bigint }
  | { readonly kind: 'not' }
  | { readonly kind: 'odd'; readonly head: HttpHead | undefined };

type Phase = 'start' | 'headers' | 'body' | 'chunkSize' | 'chunkData' | 'trailers' | 'untilClose';

/** Reads one direction of a connection, in pieces of any size: the outcome never depends on where they were cut. */
export class HttpReader {
  #phase: Phase = 'start';
  #line: number[] = [];
  /** Passing the rest of a line that was too long; what mattered of it has been read. */
  #inRest = false;
  #left = 0n;
  #body = 0n;
  #head: { -readonly [K in keyof HttpHead]: HttpHead[K] } = emptyHead();
  #odd = false;
  #consumed = 0;
  #offset = 0;
  #beginning: number[] = [];
  readonly #keepBytes: number;

  /** @param keepBytes how much of each head to hand back raw. */
  constructor(keepBytes = 0) {
    this.#keepBytes = keepBytes;
  }

  /** Between messages, with nothing of the next one seen. */
  get idle(): boolean {
    return this.#phase === 'start' && this.#line.length === 0 && !this.#inRest;
  }

  /** The body now under way ends only with the connection. */
  get untilClose(): boolean {
    return this.#phase === 'untilClose';
  }

  /** Body bytes of the message so far: an announced length at once, chunks as their sizes come. */
  get bodyBytes(): bigint {
    return this.#body;
  }

  /** Passes `size` bytes nobody can read. False: they were not a body's, the stream is lost. */
  skip(size: bigint): boolean {
    this.#consumed += Number(size);
    if (this.#phase === 'untilClose') {
      this.#body += size;
      return true;
    }
    if (this.#inRest || this.#phase !== 'body' || this.#left <= size) return false;
    this.#left -= size;
    return true;
  }

  /** After a `head` event: delimits the body. `bodiless`: by the request's method or the status. Odd heads throw nothing. */
  frame(bodiless: boolean): 'end' | 'body' | 'odd' {
    const { kind, chunked, coded, length } = this.#head;
    this.#phase = 'start';
    if (bodiless) return 'end';
    if (chunked) return this.#enter('chunkSize');
    if (kind === 'request' && coded) return 'odd';
    if (kind === 'response' && (coded || length === undefined)) return this.#enter('untilClose');
    if (!length) return 'end';
    this.#left = length;
    this.#body = length;
    return this.#enter('body');
  }

  #enter(phase: Phase): 'body' {
    this.#phase = phase;
    return 'body';
  }

  /** Reads a piece. After each `head` the caller must `frame` before it takes the next event; `not` and `odd` are last. */
  *push(bytes: Uint8Array): Generator<HttpEvent, void> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#inBody()) {
        at += this.#pass(bytes.length - at);
        if (this.#phase === 'body' && this.#left === 0n) {
          this.#phase = 'start';
          yield { kind: 'end', bodyBytes: this.#body };
        } else if (this.#phase === 'chunkData' && this.#left === 0n) {
          this.#phase = 'chunkSize';
        }
        continue;
      }
      const event = this.#take(bytes[at++] ?? 0);
      if (!event) continue;
      yield event;
      if (event.kind === 'not' || event.kind === 'odd') return;
    }
  }

  /** One byte of a line. */
  #take(c: number): HttpEvent | undefined {
    const begins = this.#phase === 'start' && this.#line.length === 0 && !this.#inRest;
    if (begins) {
      this.#offset = this.#consumed;
      this.#beginning = [];
    }
    this.#consumed++;
    if (this.#beginning.length < this.#keepBytes) this.#beginning.push(c);
    if (this.#inRest) {
      this.#inRest = c !== 0x0a;
      return undefined;
    }
    if (c === 0x0a) return this.#endLine(false);
    if (begins && c !== 0x0d && (c < 0x41 || c > 0x5a)) return { kind: 'not' };
    if (this.#line.length === longestLine) {
      this.#inRest = true;
      return this.#endLine(true);
    }
    this.#line.push(c);
    return undefined;
  }

  #inBody(): boolean {
    if (this.#inRest) return false;
    return this.#phase === 'body' || this.#phase === 'chunkData' || this.#phase === 'untilClose';
  }

  #pass(available: number): number {
    const open = this.#phase === 'untilClose';
    const n = !open && this.#left < BigInt(available) ? Number(this.#left) : available;
    if (open) this.#body += BigInt(n);
    else this.#left -= BigInt(n);
    this.#consumed += n;
    return n;
  }

  #endLine(lengthy: boolean): HttpEvent | undefined {
    if (!lengthy && this.#line.at(-1) === 0x0d) this.#line.pop();
    const line = Buffer.from(this.#line).toString('latin1');
    this.#line = [];
    switch (this.#phase) {
      case 'start':
        return line === '' ? undefined : this.#start(line, lengthy);
      case 'headers':
        if (line !== '') return this.#header(line, lengthy);
        this.#head.offset = this.#offset;
        this.#head.beginning = Uint8Array.from(this.#beginning);
        return this.#odd ? { kind: 'odd', head: this.#head } : { kind: 'head', head: this.#head };
      case 'chunkSize':
        return this.#chunk(line);
      default:
        if (line !== '') return undefined;
        this.#phase = 'start';
        return { kind: 'end', bodyBytes: this.#body };
    }
  }

  #start(line: string, lengthy: boolean): HttpEvent | undefined {
    this.#head = emptyHead();
    this.#odd = false;
    this.#body = 0n;
    this.#left = 0n;
    if (line.startsWith('HTTP/1.')) {
      const code = status.exec(line)?.[1];
      if (!code) return { kind: 'not' };
      this.#head.status = Number(code);
      this.#phase = 'headers';
      return undefined;
    }
    const start = known.exec(line) ?? (lengthy ? null : capitals.exec(line));
    if (!start) return { kind: 'not' };
    const method = start[0].trimEnd();
    const rest = line.slice(start[0].length);
    if (rest === '' || (!lengthy && !(rest.length >= 9 && version.test(rest)))) return { kind: 'not' };
    if (method !== 'CONNECT') {
      if (!/^[/*hH]/.test(rest)) return { kind: 'not' };
      const target = Buffer.from(rest, 'latin1');
      this.#head.routeHash = foldTarget(target).hash;
      this.#head.target = target;
    }
    this.#head.kind = 'request';
    this.#head.method = method;
    this.#phase = 'headers';
    return undefined;
  }

  #header(line: string, lengthy: boolean): undefined {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1);
    switch (line.slice(0, colon + 1).toLowerCase()) {
      case 'content-length:': {
        const length = lengthy ? undefined : wholeNumber(value);
        const { length: before } = this.#head;
        if (length === undefined || (before !== undefined && before !== length)) this.#odd = true;
        this.#head.length = length ?? 0n;
        return;
      }
      case 'transfer-encoding:':
        this.#odd ||= lengthy;
        this.#head.chunked = /(?:^|[,\t ])chunked[ \t]{0,16}$/i.test(value);
        this.#head.coded = !this.#head.chunked;
        return;
      case 'traceparent:':
        if (!lengthy) this.#trace(value.replace(/^[ \t]{0,16}/, ''));
        return;
    }
  }

  #trace(value: string): void {
    const [, version, traceId, parentSpanId, flags] = traceparent.exec(value) ?? [];
    if (!traceId || !parentSpanId || !flags || version === 'ff') return;
    if (/^0+$/.test(traceId) || /^0+$/.test(parentSpanId)) return;
    this.#head.trace = { traceId, parentSpanId, flags: Number.parseInt(flags, 16) };
  }

  #chunk(line: string): HttpEvent | undefined {
    const digits = /^([0-9a-fA-F]{1,15})(?:$|[; \t])/.exec(line)?.[1];
    if (digits === undefined) return { kind: 'odd', head: undefined };
    const size = BigInt(`0x${digits}`);
    if (size === 0n) {
      this.#phase = 'trailers';
      return undefined;
    }
    this.#phase = 'chunkData';
    this.#left = size + 2n;
    this.#body += size;
    return undefined;
  }
}

function emptyHead(): HttpHead {
  return {
    kind: 'response',
    method: '',
    status: 0,
    target: new Uint8Array(0),
    routeHash: 0n,
    length: undefined,
    chunked: false,
    coded: false,
    trace: undefined,
    offset: 0,
    beginning: new Uint8Array(0),
  };
}

function wholeNumber(value: string): bigint | undefined {
  const digits = /^[ \t]{0,16}([0-9]{1,18})[ \t]{0,16}$/.exec(value)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}
