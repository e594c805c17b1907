import type { Endpoint } from './exchange.ts';

/** Process ids of fork, exec and exit are those of /proc. */
export interface ForkEvent {
  readonly kind: 'fork';
  readonly parentTgid: number;
  readonly tgid: number;
  /** The child inherited its parent's target. */
  readonly selected: boolean;
  readonly atNs: bigint;
}

export interface ExecEvent {
  readonly kind: 'exec';
  readonly tgid: number;
  readonly comm: string;
  readonly selected: boolean;
  readonly atNs: bigint;
}

/** The last thread of a process ended; its target is already gone from the kernel. */
export interface ExitEvent {
  readonly kind: 'exit';
  readonly tgid: number;
  readonly selected: boolean;
  readonly atNs: bigint;
}

/** A selected connection ended, or an attempt to open one failed. */
export interface ConnectionClose {
  readonly kind: 'close';
  readonly socket: bigint;
  readonly serviceId: number;
  readonly tgid: number;
  /** Side of the exchanges seen on it; unknown when none were. */
  readonly side: 'server' | 'client' | 'unknown';
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** connect() was called and no connection came of it. */
  readonly failed: boolean;
  readonly openedNs: bigint;
  readonly closedNs: bigint;
  /** SYN to established, nanoseconds; 0 on accepted and on earlier connections. */
  readonly connectNs: bigint;
  readonly sentBytes: bigint;
  readonly receivedBytes: bigint;
  readonly exchanges: number;
  readonly smoothedRttUs: number;
  readonly retransmits: number;
}

/** A connection left the fast path. */
export interface ModeChange {
  readonly kind: 'mode';
  readonly socket: bigint;
  readonly serviceId: number;
  readonly mode: 'slow' | 'blind';
  readonly reason: string;
}

export type ControlEvent = ExecEvent | ExitEvent | ForkEvent | ConnectionClose | ModeChange;
