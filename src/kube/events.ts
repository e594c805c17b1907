import { randomBytes } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { NotFound } from './errors.ts';
import type { Ref } from './resource.ts';
import type { Rest } from './rest.ts';
import { TokenBucket } from './token-bucket.ts';

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, the same word for the same thing. */
  readonly reason: string;
  readonly message: string;
}

interface Sent {
  readonly path: string;
  readonly at: number;
  count: number;
}

const memory = { objects: 2000, ms: 3_600_000 };
// A burst is a story, a stream is noise: 25 at once, then one in five minutes for each object.
const spam = { perSecond: 1 / 300, burst: 25 };

/** Writes core/v1 Events; the same event again raises its count, and an object that tells too much falls silent. */
export class Events {
  private readonly rest: Pick<Rest, 'request'>;
  private readonly clock: Clock;
  private readonly admit: () => void;
  private readonly instance: string;
  private readonly sent = new Map<string, Sent>();
  private readonly buckets = new Map<string, TokenBucket>();

  /** `instance`: the name of this process, as events show it. */
  constructor(options: { rest: Pick<Rest, 'request'>; clock: Clock; admit: () => void; instance: string }) {
    this.rest = options.rest;
    this.clock = options.clock;
    this.admit = options.admit;
    this.instance = options.instance;
  }

  /** Tells about an object. Throws as `Rest.request` does. */
  async tell(about: Ref & { readonly uid: string }, event: EventText): Promise<void> {
    if (!this.bucketOf(about.uid).tryTake()) return;
    const key = JSON.stringify([about.uid, event.type, event.reason, event.message]);
    const before = this.sent.get(key);
    const now = new Date(this.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    if (before && this.clock.now() - before.at < memory.ms) {
      const body = { count: before.count + 1, lastTimestamp: now };
      try {
        const contentType = 'application/merge-patch+json';
        await this.rest.request('PATCH', before.path, { body, contentType, admit: this.admit });
        before.count += 1;
        return;
      } catch (error) {
        // Events live for an hour only; a count that has no event to stand on starts again.
        if (!(error instanceof NotFound)) throw error;
      }
    }
    const { uid, ...ref } = about;
    const namespace = about.namespace ?? 'default';
    const collection = `/api/v1/namespaces/${namespace}/events`;
    const name = `${about.name}.${randomBytes(8).toString('hex')}`;
    await this.rest.request('POST', collection, {
      admit: this.admit,
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: { ...ref, uid },
        ...event,
        message: event.message.slice(0, 1024),
        source: { component: 'ostack-operator' },
        reportingComponent: 'ostack.io/operator',
        reportingInstance: this.instance,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      },
    });
    remember(this.sent, key, { path: `${collection}/${name}`, at: this.clock.now(), count: 1 });
  }

  private bucketOf(uid: string): TokenBucket {
    const known = this.buckets.get(uid) ?? new TokenBucket({ ...spam, clock: this.clock });
    remember(this.buckets, uid, known);
    return known;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= memory.objects) return;
    map.delete(oldest);
  }
}
