import type { ConnectionClose } from '../bpf/contract.ts';

/** Upper bounds of connect latency and round-trip time, seconds. */
export const boundsSeconds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** A running histogram over `boundsSeconds`. */
export class Seconds {
  count = 0;
  sum = 0;
  readonly buckets = new Float64Array(boundsSeconds.length + 1);

  add(seconds: number): void {
    const found = boundsSeconds.findIndex((bound) => seconds <= bound);
    const bucket = found < 0 ? boundsSeconds.length : found;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.count++;
    this.sum += seconds;
  }
}

/** What the closed connections of one series came to. */
export class ConnectionTotals {
  closed = 0;
  failed = 0;
  sentBytes = 0;
  receivedBytes = 0;
  retransmits = 0;
  /** Only of connections that this end opened, and that were seen to open. */
  readonly connect = new Seconds();
  readonly roundTrip = new Seconds();

  add(close: ConnectionClose): void {
    if (close.failed) {
      this.failed++;
      return;
    }
    this.closed++;
    this.sentBytes += Number(close.sentBytes);
    this.receivedBytes += Number(close.receivedBytes);
    this.retransmits += close.retransmits;
    if (close.connectNs > 0n) this.connect.add(Number(close.connectNs) / 1e9);
    if (close.smoothedRttUs > 0) this.roundTrip.add(close.smoothedRttUs / 1e6);
  }
}
