import { backoffMs } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Random source, 0..1. */
  readonly random: () => number;
  /** Wait before a key that failed is worked on again; milliseconds. */
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
}

/** So many keys with news in a row, then a new one: neither kind can keep the other waiting for ever. */
const newsInARow = 8;

/**
 * Keys that want work, each at most once, in the order they came; new ones behind those there is news of, so that what was
 * begun is brought to its end before more is begun. A key is never worked on twice at the same time: what is added during
 * its work comes again after it. Later beats never: an earlier `add` overtakes a pending `addAfter`.
 */
export class WorkQueue {
  private readonly options: WorkQueueOptions;
  private readonly ready = new Set<string>();
  private readonly fresh = new Set<string>();
  private readonly working = new Set<string>();
  private readonly again = new Set<string>();
  private readonly timers = new Map<string, { readonly dueAt: number; readonly timer: AbortController }>();
  private readonly failed = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private closed = false;
  private inARow = 0;

  constructor(options: WorkQueueOptions) {
    this.options = options;
  }

  /** Keys waiting for a worker now. */
  get depth(): number {
    return this.ready.size + this.fresh.size + this.again.size;
  }

  /** Wants work on a key as soon as a worker is free. */
  add(key: string): void {
    this.cancel(key);
    if (this.closed) return;
    if (this.working.has(key)) this.again.add(key);
    else if (!this.fresh.has(key)) {
      this.ready.add(key);
      this.waiting.shift()?.();
    }
  }

  /** Wants the first work on a key. */
  addNew(key: string): void {
    if (this.closed || this.ready.has(key) || this.working.has(key)) return this.add(key);
    this.cancel(key);
    this.fresh.add(key);
    this.waiting.shift()?.();
  }

  /** Wants work on a key after a time; of several such wishes the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) return this.add(key);
    const dueAt = this.options.clock.now() + ms;
    if (this.closed || this.ready.has(key) || this.fresh.has(key) || (this.timers.get(key)?.dueAt ?? Infinity) <= dueAt)
      return;
    this.cancel(key);
    const timer = new AbortController();
    this.timers.set(key, { dueAt, timer });
    void this.options.clock.sleep(ms, timer.signal).then(() => {
      if (!timer.signal.aborted) this.add(key);
    });
  }

  /** Wants work on a key that failed, later each time until `forget`; returns the wait in milliseconds. */
  retry(key: string): number {
    const attempt = this.failed.get(key) ?? 0;
    this.failed.set(key, attempt + 1);
    const { baseMs, maxMs } = this.options.backoff ?? { baseMs: 100, maxMs: 300_000 };
    const waitMs = backoffMs(attempt, { baseMs, maxMs, jitter: this.options.random });
    this.addAfter(key, waitMs);
    return waitMs;
  }

  /** The key succeeded: its next failure waits the shortest time again. */
  forget(key: string): void {
    this.failed.delete(key);
  }

  /**
   * Works on keys, at most `concurrency` at a time, until the signal aborts; then resolves once work under way is done.
   * A worker that throws makes its key come again by `retry` and is told of; one that returns makes it forgotten.
   */
  async run(
    worker: (key: string) => Promise<void>,
    options: {
      readonly concurrency: number;
      readonly signal: AbortSignal;
      readonly onError: (key: string, error: unknown, waitMs: number) => void;
    },
  ): Promise<void> {
    const close = () => this.close();
    options.signal.addEventListener('abort', close, { once: true });
    if (options.signal.aborted) close();
    await Promise.all(Array.from({ length: options.concurrency }, () => this.work(worker, options.onError)));
    options.signal.removeEventListener('abort', close);
  }

  private async work(
    worker: (key: string) => Promise<void>,
    onError: (key: string, error: unknown, waitMs: number) => void,
  ): Promise<void> {
    for (let key = await this.next(); key !== undefined; key = await this.next()) {
      this.working.add(key);
      try {
        await worker(key);
        this.forget(key);
      } catch (error) {
        onError(key, error, this.retry(key));
      } finally {
        this.working.delete(key);
        if (this.again.delete(key)) this.add(key);
      }
    }
  }

  private async next(): Promise<string | undefined> {
    while (!this.closed) {
      const isTurnOfNew = this.fresh.size > 0 && (this.ready.size === 0 || this.inARow >= newsInARow);
      const from = isTurnOfNew ? this.fresh : this.ready;
      for (const key of from) {
        from.delete(key);
        this.inARow = isTurnOfNew ? 0 : this.inARow + 1;
        return key;
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return undefined;
  }

  private cancel(key: string): void {
    this.timers.get(key)?.timer.abort();
    this.timers.delete(key);
  }

  private close(): void {
    this.closed = true;
    this.ready.clear();
    this.fresh.clear();
    for (const key of this.timers.keys()) this.cancel(key);
    for (const wake of this.waiting.splice(0)) wake();
  }
}
