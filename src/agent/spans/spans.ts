import type { Flight, KeptExchange } from '../bpf/contract.ts';
import type { AgentConfig } from '../config/index.ts';
import { Counters } from '../counters.ts';
import {
  AttributeCache,
  attributeField,
  encodeAttributes,
  spanKind,
  type Exemplar,
  type ResourceSpans,
  type SpanData,
} from '../otlp/index.ts';
import type { Identity } from '../process/index.ts';
import { hasFailed, seriesKey, spanName } from '../red/index.ts';
import { ownAttributes, sharedAttributes } from './attributes.ts';
import { Family } from './family.ts';
import { hasTraceHeader, type Item } from './item.ts';
import { Memory } from './memory.ts';
import { isCut } from './request-head.ts';
import { spanIdOf } from './span-id.ts';
import { traceStateOf } from './trace-state.ts';
import type { WallClock } from './wall-clock.ts';

export interface SpansOptions {
  readonly scanFlight: (sinceNs: bigint, untilNs: bigint) => Flight;
  readonly identityOf: (service: number) => Identity | undefined;
  readonly routeOf: (hash: bigint) => string;
  readonly isCounted: (address: string) => boolean;
  readonly onExemplar: (seriesKey: string, exemplar: Exemplar) => void;
  readonly capture: AgentConfig['capture'];
  readonly wallClock: WallClock;
  /** How long an exchange waits for its relatives before it becomes a span. */
  readonly holdMs: number;
  /** Exchanges in memory above which nothing waits any longer. */
  readonly mostItems: number;
}

/** After this, relatives that turn up are put into their own trace. */
const rememberMs = 20_000;
const mostRelatives = 5_000;

/** Kept exchanges in, spans out: whole traces as far as this node can see them. Work is done only for what is kept. */
export class Spans {
  readonly counters = new Counters();
  readonly #options: SpansOptions;
  readonly #memory = new Memory();
  readonly #family: Family;
  readonly #shared = new AttributeCache();
  readonly #resources = new AttributeCache();
  #capture: AgentConfig['capture'];
  #waiting: Item[] = [];

  constructor(options: SpansOptions) {
    this.#options = options;
    this.#capture = options.capture;
    this.#family = new Family({ memory: this.#memory, isCounted: options.isCounted });
  }

  reconfigure(capture: AgentConfig['capture']): void {
    this.#capture = capture;
  }

  take(kept: KeptExchange, nowMs: number): void {
    this.counters.add(`spans_kept_total{verdict="${kept.verdict}"}`);
    this.#waiting.push(this.#memory.add(kept, kept, this.#options.identityOf(kept.serviceId), nowMs));
  }

  /** The spans that are due at `nowMs`; Infinity means all that wait. */
  collect(nowMs: number): ResourceSpans[] {
    if (this.#waiting.length === 0) return [];
    const due: Item[] = [];
    const rest: Item[] = [];
    // Under a flood nothing waits: relations are lost before memory is.
    const flooded = this.#memory.size > this.#options.mostItems;
    for (const item of this.#waiting) {
      (flooded || nowMs - item.arrivedMs >= this.#options.holdMs ? due : rest).push(item);
    }
    if (due.length === 0) return [];
    this.#waiting = rest;
    if (flooded) this.counters.add('spans_hurried_total', due.length);
    const spans = this.#emit(flooded ? due : this.#withRelatives(due, nowMs));
    this.#forget(nowMs);
    return spans;
  }

  /** What happened while the due exchanges did, as the flight recorder remembers it. */
  #flightOf(due: readonly Item[]): Flight {
    const fromNs = due.reduce((first, { exchange }) => min(first, exchange.startNs), due[0]?.exchange.startNs ?? 0n);
    const toNs = due.reduce((last, { exchange }) => max(last, exchange.lastNs), 0n);
    return this.#options.scanFlight(fromNs, toNs);
  }

  /** Relatives overlap in time, or carry the same trace id; nothing else is worth remembering. */
  #recall({ exchange }: Item, flight: Flight, nowMs: number): void {
    const { traceId, startNs, lastNs } = exchange;
    const inTrace = hasTraceHeader(exchange) ? flight.takeTrace(traceId) : [];
    for (const found of [...flight.takeDuring(startNs, lastNs), ...inTrace])
      this.#memory.add(found, undefined, this.#options.identityOf(found.serviceId), nowMs);
  }

  #withRelatives(due: readonly Item[], nowMs: number): Item[] {
    const flight = this.#flightOf(due);
    const wanted = new Set(due);
    let relatives = 0;
    for (const item of wanted) {
      this.#recall(item, flight, nowMs);
      for (const relative of this.#family.relatives(item)) {
        if (relative.emitted || relative.kept || wanted.has(relative)) continue;
        if (++relatives > mostRelatives) {
          this.counters.add('spans_relatives_dropped_total');
          continue;
        }
        wanted.add(relative);
      }
    }
    this.counters.add('spans_kept_total{verdict="relative"}', Math.min(relatives, mostRelatives));
    return [...wanted];
  }

  #emit(items: readonly Item[]): ResourceSpans[] {
    const groups: ResourceSpans[] = [];
    for (const [identity, own] of Map.groupBy(items, (item) => item.identity)) {
      if (!identity) {
        for (const item of own) item.emitted = true;
        this.counters.add('spans_without_service_total', own.length);
        continue;
      }
      const resource = this.#resources.get(JSON.stringify(identity.resource), () =>
        encodeAttributes(attributeField.resource, identity.resource),
      );
      groups.push({ resource, spans: own.map((item) => this.#toSpan(item)) });
    }
    this.#shared.sweep();
    this.#resources.sweep();
    return groups;
  }

  #toSpan(item: Item): SpanData {
    const { routeOf, wallClock, onExemplar } = this.#options;
    const { exchange } = item;
    const route = routeOf(exchange.routeHash);
    const serverPort = exchange.side === 'server' ? exchange.local.port : exchange.remote.port;
    const key = seriesKey({ ...exchange, serverPort, peer: exchange.remote }, route);
    const { trace, parentSpanId, link } = this.#family.lineageOf(item);
    const traceId = Buffer.from(trace, 'hex');
    const spanId = spanIdOf(item, exchange.side);
    const startNs = wallClock.epochNs(this.#family.beganNs(item));
    const value = Number(exchange.firstNs - exchange.startNs) / 1e9;
    onExemplar(key, { traceId, spanId, timeMs: Number(wallClock.epochNs(exchange.firstNs) / 1_000n) / 1e3, value });
    item.emitted = true;
    const failed = hasFailed(exchange.side, exchange.status);
    if (item.kept && this.#capture.headers.length > 0 && isCut(item.kept.requestHead))
      this.counters.add('span_heads_cut_total');
    return {
      traceId,
      spanId,
      ...(parentSpanId ? { parentSpanId } : {}),
      ...(link ? { links: [{ traceId: Buffer.from(link.trace, 'hex'), spanId: link.spanId }] } : {}),
      traceState: traceStateOf(item.kept, trace),
      name: spanName(exchange.method, route),
      kind: spanKind[exchange.side],
      startNs,
      endNs: wallClock.epochNs(exchange.lastNs),
      attributes: [
        this.#shared.get(key, () => encodeAttributes(attributeField.span, sharedAttributes(item, route))),
        encodeAttributes(attributeField.span, ownAttributes(item, this.#capture)),
      ],
      failed,
    };
  }

  /** Emitted exchanges stay a while for relatives to come; of the others the recorder itself is the memory. */
  #forget(nowMs: number): void {
    let room = this.#options.mostItems;
    this.#memory.retain((item) => {
      if (item.kept && !item.emitted) return true;
      return item.emitted && nowMs - item.arrivedMs < rememberMs && room-- > 0;
    });
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
