/** Which end of the exchange the selected process was. */
export type Side = 'server' | 'client';

/** Protocol families the kernel can parse. */
export type Protocol = 'http';

/** HTTP methods the kernel tells apart; every other valid token is `_OTHER`, as in the semantic conventions. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH' | '_OTHER';

/** One end of a TCP connection. IPv4 in dotted form (IPv4-mapped IPv6 too), IPv6 in the canonical short form. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Why an exchange was kept, in the order the kernel asks. */
export type Verdict = 'error' | 'slow' | 'share';

/** What is known of an exchange when it ends; the part the flight recorder remembers of the ones not kept. */
export interface FlightSummary {
  readonly serviceId: number;
  readonly side: Side;
  readonly protocol: Protocol;
  readonly method: Method;
  /** Final response status; 0: the connection closed before a response. */
  readonly status: number;
  /** Hash of the templated path; `Kernel.routeText` gives the template. */
  readonly routeHash: bigint;
  /** 32 hex digits: of the traceparent header, else derived from the link key, so both ends agree. */
  readonly traceId: string;
  /** 16 hex digits of the traceparent header; absent without one. */
  readonly parentSpanId?: string;
  /** The traceparent's flag byte; absent without one. */
  readonly traceFlags?: number;
  /** CLOCK_MONOTONIC, nanoseconds (`process.hrtime.bigint()`): first byte of the request head seen. */
  readonly startNs: bigint;
  /** First byte of the response seen. `firstNs - startNs` is the duration that was counted. */
  readonly firstNs: bigint;
  /** Last byte of the response seen (or the close). */
  readonly lastNs: bigint;
  readonly tgid: number;
  /** Thread that moved the first byte of the request, and of the response. */
  readonly requestTid: number;
  readonly responseTid: number;
  /** Kernel-wide socket identity, unique for the life of the machine. */
  readonly socket: bigint;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** TCP sequence of the request's first byte: equal at both ends; 0 where the kernel has none (MPTCP, kTLS). */
  readonly requestSequence: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Exchanges of a while that were not kept, as far as they are remembered. Each is given once, in no order. */
export interface Flight {
  /** Those under way at some time between two moments. */
  takeDuring(startNs: bigint, endNs: bigint): FlightSummary[];
  takeTrace(traceId: string): FlightSummary[];
}

/** An exchange worth a span, with the bytes its service's policy allows. */
export interface KeptExchange extends FlightSummary {
  readonly verdict: Verdict;
  /** Share threshold of the policy at that moment (56 bit), for adjusted counts. */
  readonly threshold: bigint;
  /** Beginning of the request head, at most `captureRequestBytes`; a copy, safe to hold. Empty when it was not seen whole. */
  readonly requestHead: Uint8Array;
}
