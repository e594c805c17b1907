import type { FlightSummary, KeptExchange } from '../bpf/contract.ts';
import type { Identity } from '../process/index.ts';

/** An exchange in the agent's short memory: kept by the kernel, or found in the flight recorder. */
export interface Item {
  readonly key: string;
  /** See `linkKey`. */
  readonly link: string | undefined;
  readonly exchange: FlightSummary;
  /** Present if the kernel kept it. */
  readonly kept?: KeptExchange;
  readonly arrivedMs: number;
  /** Who it belongs to, asked when it came: its process may be gone when the span is made. */
  readonly identity: Identity | undefined;
  /** The trace it was put in; once decided it stays, or one trace would be torn by a later, better guess. */
  trace?: string;
  emitted: boolean;
}

/** One exchange of one socket end. */
export function itemKey(exchange: FlightSummary): string {
  return `${exchange.side} ${exchange.socket} ${exchange.requestSequence} ${exchange.startNs}`;
}

/**
 * What both ends of a call know without a word between them: the client's address and the position of the request in
 * its TCP stream. The server's address is left out, because a virtual address may stand for it on the client's side.
 * Undefined where the kernel has no sequence.
 */
export function linkKey(exchange: FlightSummary): string | undefined {
  const client = exchange.side === 'client' ? exchange.local : exchange.remote;
  return exchange.requestSequence === 0 ? undefined : `${client.address} ${client.port} ${exchange.requestSequence}`;
}

/** Whether the trace id came with the request (traceparent) and was not derived from the link. */
export function hasTraceHeader(exchange: FlightSummary): boolean {
  return exchange.parentSpanId !== undefined;
}
