import type { HttpHead } from '../protocol/index.ts';
import { addressText } from './address.ts';
import type { Endpoint, Flight, FlightSummary, KeptExchange, Method, Side, Verdict } from './exchange.ts';
import { KeptLimit } from './kept-limit.ts';
import type { Policy } from './kernel.ts';
import * as layout from './layout.gen.ts';
import { linkOf, linkedTrace } from './link.ts';
import { hex64, methods, sideOf } from './records.ts';
import type { OverflowRow, RedRow } from './red-row.ts';
import { SlowFlight } from './slow-flight.ts';
import { SlowRows } from './slow-rows.ts';
import { SlowStream, type Mark, type Piece } from './slow-stream.ts';

const captureBytes = 256;
const receiving = 1;
const bits56 = (1n << 56n) - 1n;
/** A full control ring loses the ends of connections; one silent for this long is taken to have ended. */
const idleNs = 3_600_000_000_000n;
const sweepEveryNs = 60_000_000_000n;
const mostPending = 4096;

interface Pending {
  readonly head: HttpHead;
  readonly mark: Mark;
  readonly sequence: number;
  bodyBytes: bigint;
}

interface Reply {
  readonly head: HttpHead;
  readonly mark: Mark;
}

interface Connection {
  readonly socket: bigint;
  readonly serviceId: number;
  readonly tgid: number;
  readonly side: Side;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly link: bigint;
  /** TCP sequence at offset 0 of the request direction. */
  firstSequence: number;
  readonly requests: SlowStream;
  readonly responses: SlowStream;
  readonly pending: Pending[];
  reply: Reply | undefined;
  lost: boolean;
  lastNs: bigint;
}

interface Outside {
  readonly policyOf: (serviceId: number) => Policy | undefined;
  readonly learnRoute: (head: HttpHead) => void;
  readonly kept: (exchange: KeptExchange) => void;
  /** Rows of exact count. */
  readonly redRows: number;
}

/**
 * Follows the connections the kernel handed over (more requests waiting than it has room for) from their bytes, with the
 * kernel's rules: same pairing, same rows, same verdicts.
 */
export class SlowConnections {
  readonly #outside: Outside;
  readonly #connections = new Map<bigint, Connection>();
  readonly #rows: SlowRows;
  readonly #flight = new SlowFlight();
  readonly #limit = new KeptLimit();
  #closed: { readonly socket: bigint; readonly atNs: bigint }[] = [];
  #sweptNs = 0n;
  readonly counts = {
    slowExchanges: 0n,
    slowLost: 0n,
    keptError: 0n,
    keptSlow: 0n,
    keptShare: 0n,
    notKept: 0n,
    notKeptLimited: 0n,
    unparsed: 0n,
    redFull: 0n,
  };

  constructor(outside: Outside) {
    this.#outside = outside;
    this.#rows = new SlowRows(outside.redRows);
  }

  /** Connections that are followed, or were until they could not be read. */
  get open(): number {
    return this.#connections.size;
  }

  rows(): Iterable<RedRow> {
    return this.#rows.rows();
  }

  overflow(): Iterable<OverflowRow> {
    return this.#rows.overflow();
  }

  /** Exchanges that were not kept, as `Kernel.scanFlight`; undefined if there never were any. */
  flight(sinceNs: bigint, untilNs: bigint): Flight | undefined {
    return this.#flight.scan(sinceNs, untilNs);
  }

  /** One record of the slow ring. */
  take(view: DataView, bytes: Uint8Array, at: number): void {
    const r = layout.slowRecord;
    const socket = view.getBigUint64(at + r.socket, true);
    const connection = this.#connections.get(socket) ?? this.#enter(socket, view, bytes, at);
    connection.lastNs = view.getBigUint64(at + r.atNs, true);
    if (connection.lost) return;
    const size = view.getUint16(at + r.size, true);
    const asking = (view.getUint8(at + r.direction) === receiving) === (connection.side === 'server');
    const piece: Piece = {
      offset: Number(view.getBigUint64(at + r.offset, true)),
      atNs: connection.lastNs,
      tid: view.getUint32(at + r.tid, true),
      bytes: bytes.subarray(at + r.bytes, at + r.bytes + size),
      missing: Number(view.getBigUint64(at + r.missing, true)),
    };
    if (asking) connection.firstSequence = (view.getUint32(at + r.sequence, true) - piece.offset) >>> 0;
    if (asking) this.#requests(connection, piece);
    else this.#responses(connection, piece);
  }

  #enter(socket: bigint, view: DataView, bytes: Uint8Array, at: number): Connection {
    const r = layout.slowRecord;
    const side = sideOf(view.getUint8(at + r.side));
    const localPort = view.getUint16(at + r.localPort, true);
    const remotePort = view.getUint16(at + r.remotePort, true);
    const client = side === 'server' ? at + r.remote : at + r.local;
    const half = (offset: number) => view.getBigUint64(client + offset, true);
    const connection: Connection = {
      socket,
      serviceId: view.getUint32(at + r.service, true),
      tgid: view.getUint32(at + r.tgid, true),
      side,
      local: { address: addressText(bytes, at + r.local), port: localPort },
      remote: { address: addressText(bytes, at + r.remote), port: remotePort },
      link: linkOf(half(layout.endpoint.high), half(layout.endpoint.low), side === 'server' ? remotePort : localPort),
      firstSequence: 0,
      requests: new SlowStream(captureBytes),
      responses: new SlowStream(captureBytes),
      pending: [],
      reply: undefined,
      lost: false,
      lastNs: 0n,
    };
    this.#connections.set(socket, connection);
    return connection;
  }

  #requests(c: Connection, piece: Piece): void {
    const events = c.requests.push(piece);
    if (!events) return this.#lose(c);
    for (const event of events) {
      const last = c.pending.at(-1);
      if (event.kind === 'end') {
        if (last) last.bodyBytes = event.bodyBytes;
        continue;
      }
      if (event.kind === 'not') return this.#lose(c);
      const { head } = event;
      const mark = head && c.requests.markOf(head);
      if (!head || !mark || head.kind !== 'request') return this.#lose(c);
      const frame = c.requests.reader.frame(false);
      if (c.pending.length >= mostPending) return this.#lose(c);
      const sequence = (c.firstSequence + head.offset) >>> 0;
      c.pending.push({ head, mark, sequence, bodyBytes: c.requests.reader.bodyBytes });
      if (event.kind === 'odd' || frame === 'odd') return this.#lose(c);
    }
  }

  #responses(c: Connection, piece: Piece): void {
    const events = c.responses.push(piece);
    if (!events) return this.#lose(c);
    for (const event of events) {
      if (event.kind === 'end') {
        this.#over(c, event.bodyBytes);
        continue;
      }
      if (event.kind === 'not') return this.#lose(c);
      const { head } = event;
      const mark = head && c.responses.markOf(head);
      if (!head || !mark || head.kind !== 'response') return this.#lose(c);
      const { status } = head;
      if (status < 200 && status !== 101) {
        c.responses.reader.frame(true);
        continue;
      }
      const method = c.pending[0]?.head.method;
      const upgrade = status === 101 || (method === 'CONNECT' && status < 300);
      const bodiless = status === 204 || status === 304 || method === 'HEAD' || upgrade;
      const frame = c.responses.reader.frame(bodiless);
      c.reply = { head, mark };
      if (frame === 'end' || event.kind === 'odd') this.#over(c, 0n);
      if (upgrade || event.kind === 'odd') return this.#lose(c);
    }
  }

  /** Nothing further on the connection can be told apart. */
  #lose(c: Connection): void {
    c.lost = true;
    this.counts.slowLost++;
    this.counts.unparsed += BigInt(c.pending.length);
    c.pending.length = 0;
  }

  /** The socket is gone: what was open ends now. Takes effect after the records already in the ring. */
  close(socket: bigint, atNs: bigint): void {
    if (this.#connections.has(socket)) this.#closed.push({ socket, atNs });
  }

  /** Forgets a service: its rows, totals and connections. @returns the exchanges those held. */
  removeService(serviceId: number): bigint {
    for (const [socket, connection] of this.#connections)
      if (connection.serviceId === serviceId) this.#connections.delete(socket);
    this.#limit.forget(serviceId);
    return this.#rows.removeService(serviceId);
  }

  /** Ends the connections closed before the last drain of the slow ring, and those whose end has got lost. `nowNs`: monotonic. */
  settle(nowNs: bigint): void {
    const closed = this.#closed;
    this.#closed = [];
    for (const { socket, atNs } of closed) {
      const c = this.#connections.get(socket);
      this.#connections.delete(socket);
      if (!c || c.lost) continue;
      c.lastNs = atNs;
      if (c.reply) this.#over(c, c.responses.reader.bodyBytes);
      while (c.pending.length > 0) this.#over(c, 0n);
    }
    if (nowNs - this.#sweptNs < sweepEveryNs) return;
    this.#sweptNs = nowNs;
    for (const [socket, c] of this.#connections) {
      if (nowNs - c.lastNs < idleNs) continue;
      if (!c.lost) this.#lose(c);
      this.#connections.delete(socket);
    }
  }

  #over(c: Connection, responseBytes: bigint): void {
    const asked = c.pending.shift();
    const reply = c.reply;
    c.reply = undefined;
    if (!asked) return;
    const startNs = asked.mark.atNs;
    const firstNs = reply ? reply.mark.atNs : c.lastNs;
    const durationNs = firstNs > startNs ? firstNs - startNs : 0n;
    this.#outside.learnRoute(asked.head);
    const derived = linkedTrace(c.link, asked.sequence);
    const { trace } = asked.head;
    const summary: FlightSummary = {
      serviceId: c.serviceId,
      side: c.side,
      protocol: 'http',
      method: methodOf(asked.head.method),
      status: reply?.head.status ?? 0,
      routeHash: asked.head.routeHash,
      traceId: trace?.traceId ?? hex64(derived.high) + hex64(derived.low),
      ...(trace ? { parentSpanId: trace.parentSpanId, traceFlags: trace.flags } : {}),
      startNs,
      firstNs: startNs + durationNs,
      lastNs: c.lastNs,
      tgid: c.tgid,
      requestTid: asked.mark.tid,
      responseTid: reply?.mark.tid ?? 0,
      socket: c.socket,
      local: c.local,
      remote: c.remote,
      requestSequence: asked.sequence,
      requestBytes: Number(asked.bodyBytes),
      responseBytes: Number(responseBytes),
    };
    this.#count(summary, durationNs);
    this.#judge(summary, durationNs, asked.head);
  }

  #count(s: FlightSummary, durationNs: bigint): void {
    this.counts.slowExchanges++;
    if (!this.#rows.count(s, durationNs)) this.counts.redFull++;
  }

  #judge(s: FlightSummary, durationNs: bigint, request: HttpHead): void {
    const policy = this.#outside.policyOf(s.serviceId);
    const verdict = policy && verdictOf(policy, s, durationNs);
    const limited = verdict && !this.#limit.hasRoom(s.serviceId, policy.keptPerSecond, s.lastNs);
    if (limited) this.counts.notKeptLimited++;
    if (!verdict || limited) {
      this.counts.notKept++;
      return this.#flight.add(s);
    }
    this.counts[verdict === 'error' ? 'keptError' : verdict === 'slow' ? 'keptSlow' : 'keptShare']++;
    this.#outside.kept({
      ...s,
      verdict,
      threshold: policy.threshold,
      requestHead: request.beginning.slice(0, policy.captureRequestBytes),
    });
  }
}

function verdictOf(policy: Policy, s: FlightSummary, durationNs: bigint): Verdict | undefined {
  const failed = s.status === 0 || s.status >= (s.side === 'client' ? 400 : 500);
  if (policy.keepErrors && failed) return 'error';
  if (policy.slowerThanNs > 0n && durationNs > policy.slowerThanNs) return 'slow';
  return (BigInt(`0x${s.traceId.slice(16)}`) & bits56) >= policy.threshold ? 'share' : undefined;
}

function methodOf(name: string): Method {
  return methods.find((method) => method === name) ?? '_OTHER';
}
