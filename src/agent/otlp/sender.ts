import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { Counters } from '../counters.ts';
import { parsePartialSuccess } from './partial-success.ts';
import { OtlpConnection } from './post.ts';

export type Signal = 'traces' | 'metrics';

export interface SenderOptions {
  /** Base URL of an OTLP/HTTP receiver; `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What may wait in memory, per signal. */
  readonly queueBytes: number;
  readonly timeoutMs: number;
  /** A request that could not be delivered for this long is given up. */
  readonly giveUpAfterMs: number;
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

interface Waiting {
  readonly body: Buffer;
  readonly items: number;
  readonly sinceMs: number;
  readonly onDelivered: () => void;
}

/** Delivers encoded OTLP, a queue and one request at a time per signal, so that one cannot starve the other. */
export class OtlpSender {
  readonly counters = new Counters();
  readonly #options: SenderOptions;
  #to: Pick<SenderOptions, 'endpoint' | 'headers'>;
  #connection: OtlpConnection;
  readonly #lanes: Readonly<Record<Signal, Lane>>;
  readonly #abort = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#to = options;
    this.#connection = new OtlpConnection(options.endpoint);
    this.#lanes = { traces: new Lane(options.queueBytes), metrics: new Lane(options.queueBytes) };
  }

  /**
   * Takes a body for delivery; the oldest waiting one makes room and is counted as dropped. Never blocks.
   * @param onDelivered called once the receiver has it; never for one that is dropped.
   */
  send(signal: Signal, body: Buffer, items: number, onDelivered: () => void = () => {}): void {
    const lane = this.#lanes[signal];
    if (this.#abort.signal.aborted) return this.#drop(signal, 'stopped', items);
    for (const pushedOut of lane.push({ body, items, sinceMs: this.#options.clock.now(), onDelivered })) {
      this.#drop(signal, 'queue_full', pushedOut.items);
    }
    this.counters.set(`otlp_queue_bytes{signal="${signal}"}`, lane.bytes);
    lane.running ??= this.#drain(signal, lane);
  }

  /** Sends to another receiver from now on, also what waits; what was under way to the old one begins again. */
  redirect(endpoint: string, headers: Readonly<Record<string, string>>): void {
    this.#connection.close();
    this.#to = { endpoint, headers };
    this.#connection = new OtlpConnection(endpoint);
  }

  /** Waits until everything is delivered or `withinMs` has passed; what is left is counted as dropped. */
  async stop(withinMs: number): Promise<void> {
    const drained = Promise.all(Object.values(this.#lanes).map((lane) => lane.running));
    const timeout = new AbortController();
    const late = this.#options.clock.sleep(withinMs, timeout.signal);
    await Promise.race([drained, late]);
    timeout.abort();
    this.#abort.abort();
    await drained;
    this.#connection.close();
  }

  async #drain(signal: Signal, lane: Lane): Promise<void> {
    for (let next = lane.shift(); next; next = lane.shift()) {
      this.counters.set(`otlp_queue_bytes{signal="${signal}"}`, lane.bytes);
      if (this.#abort.signal.aborted) this.#drop(signal, 'stopped', next.items);
      else await this.#deliver(signal, next);
    }
    lane.running = undefined;
  }

  async #deliver(signal: Signal, waiting: Waiting): Promise<void> {
    const { clock, timeoutMs, giveUpAfterMs, jitter, log } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const nowMs = clock.now();
      const { endpoint, headers } = this.#to;
      const url = `${endpoint.replace(/\/+$/, '')}/v1/${signal}`;
      const result = await this.#connection.post(url, waiting.body, {
        headers: headers ?? {},
        timeoutMs,
        signal: this.#abort.signal,
        nowMs,
      });
      if (result.kind === 'accepted') return this.#accepted(signal, waiting, result.body);
      if (result.kind === 'refused') {
        log.error({ signal, status: result.status, answer: result.text }, 'the OTLP receiver refused the data');
        return this.#drop(signal, 'refused', waiting.items);
      }
      if (this.#abort.signal.aborted) return this.#drop(signal, 'stopped', waiting.items);
      const pauseMs = Math.max(result.afterMs ?? 0, backoffMs(attempt, { baseMs: 500, maxMs: 15_000, jitter }));
      if (nowMs + pauseMs - waiting.sinceMs > giveUpAfterMs) return this.#drop(signal, 'expired', waiting.items);
      if (attempt === 0) log.warn({ signal, why: result.why }, 'the OTLP receiver is not reachable, trying again');
      this.counters.add(`otlp_retries_total{signal="${signal}"}`);
      await clock.sleep(pauseMs, this.#abort.signal);
      if (this.#abort.signal.aborted) return this.#drop(signal, 'stopped', waiting.items);
    }
  }

  #accepted(signal: Signal, waiting: Waiting, answer: Buffer): void {
    const { rejected, message } = parsePartialSuccess(answer);
    this.counters.add(`otlp_sent_total{signal="${signal}"}`, waiting.items - rejected);
    this.counters.add(`otlp_sent_bytes_total{signal="${signal}"}`, waiting.body.length);
    waiting.onDelivered();
    if (rejected === 0) return;
    this.#options.log.warn({ signal, rejected, message }, 'the OTLP receiver rejected a part of the data');
    this.#drop(signal, 'rejected', rejected);
  }

  #drop(signal: Signal, reason: string, items: number): void {
    this.counters.add(`otlp_dropped_total{signal="${signal}",reason="${reason}"}`, items);
  }
}

/** The bodies of one signal in the order they came, bounded in bytes. */
class Lane {
  running: Promise<void> | undefined;
  bytes = 0;
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(next: Waiting): Waiting[] {
    this.#waiting.push(next);
    this.bytes += next.body.length;
    const pushedOut: Waiting[] = [];
    while (this.bytes > this.#limit && this.#waiting.length > 0) pushedOut.push(this.shift() as Waiting);
    return pushedOut;
  }

  shift(): Waiting | undefined {
    const first = this.#waiting.shift();
    if (first) this.bytes -= first.body.length;
    return first;
  }
}
