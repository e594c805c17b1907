import { hasTraceHeader, type Item } from './item.ts';
import type { Memory } from './memory.ts';
import { enclosingRequest, isDuring } from './nesting.ts';
import { spanIdOf } from './span-id.ts';

export interface FamilyOptions {
  readonly memory: Memory;
  /** Whether an agent, this one or another, also sees the other end of an exchange with this address. */
  readonly isCounted: (address: string) => boolean;
}

/** Where a span belongs. `link` names a span of another trace that caused it. */
export interface Lineage {
  readonly trace: string;
  readonly parentSpanId?: Uint8Array;
  readonly link?: { readonly trace: string; readonly spanId: Uint8Array };
}

const deepest = 64;

/** Puts exchanges into traces and under parents. */
export class Family {
  readonly #options: FamilyOptions;

  constructor(options: FamilyOptions) {
    this.#options = options;
  }

  /** The server request a client call was made for; undefined for others and where it would be a guess. */
  causeOf({ exchange, identity }: Item): Item | undefined {
    if (exchange.side !== 'client') return undefined;
    const language = identity?.resource['telemetry.sdk.language'];
    return enclosingRequest(exchange, this.#options.memory.of(exchange.tgid, 'server'), language);
  }

  /** Everything that must be there for the trace of an exchange to be whole, as far as this node saw it. */
  relatives(item: Item): Item[] {
    const { memory } = this.#options;
    const { exchange } = item;
    const otherEnd = memory.otherEnd(item);
    const cause = this.causeOf(item);
    return [
      ...(otherEnd ? [otherEnd] : []),
      ...(cause ? [cause] : []),
      ...(exchange.side === 'server'
        ? memory
            .of(exchange.tgid, 'client')
            .filter((call) => isDuring(call.exchange, exchange) && this.causeOf(call) === item)
        : []),
      ...(hasTraceHeader(exchange) ? memory.inTrace(exchange.traceId) : []),
    ];
  }

  /** When an exchange began. A probe runs after what it sees, so the server may have had a request before its client was seen to send it. */
  beganNs(item: Item): bigint {
    const { exchange } = item;
    const served = exchange.side === 'client' ? this.#options.memory.otherEnd(item)?.exchange : undefined;
    return served && served.startNs < exchange.startNs ? served.startNs : exchange.startNs;
  }

  lineageOf(item: Item): Lineage {
    const { exchange } = item;
    const trace = this.#traceOf(item, 0);
    if (exchange.side === 'server') {
      const callerIsOurs = this.#options.memory.otherEnd(item) ?? this.#options.isCounted(exchange.remote.address);
      // The call itself is a closer parent than the header, which a caller without an SDK only passed on.
      if (callerIsOurs) return { trace, parentSpanId: spanIdOf(item, 'client') };
      return { trace, ...headerParent(item) };
    }
    const cause = this.causeOf(item);
    if (!cause) return { trace, ...headerParent(item) };
    const spanId = spanIdOf(cause, 'server');
    const causeTrace = this.#traceOf(cause, 0);
    if (causeTrace === trace) return { trace, parentSpanId: spanId };
    return { trace, ...headerParent(item), link: { trace: causeTrace, spanId } };
  }

  /**
   * A request that came with a trace id stays in that trace. One without is in the trace of what caused it, if nobody
   * but this agent has to agree to that; the far end of a call on another node knows only the id that follows from the link.
   */
  #traceOf(item: Item, depth: number): string {
    if (item.trace !== undefined) return item.trace;
    const { exchange } = item;
    if (hasTraceHeader(exchange) || depth > deepest) return (item.trace = exchange.traceId);
    const before = exchange.side === 'server' ? this.#options.memory.otherEnd(item) : this.#adoptiveCause(item);
    return (item.trace = before ? this.#traceOf(before, depth + 1) : exchange.traceId);
  }

  #adoptiveCause(item: Item): Item | undefined {
    const { exchange } = item;
    const agreed = this.#options.memory.otherEnd(item) ?? !this.#options.isCounted(exchange.remote.address);
    return agreed ? this.causeOf(item) : undefined;
  }
}

function headerParent({ exchange }: Item): { parentSpanId?: Uint8Array } {
  return exchange.parentSpanId === undefined ? {} : { parentSpanId: Buffer.from(exchange.parentSpanId, 'hex') };
}
