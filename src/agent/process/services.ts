import type { Identity } from './identity.ts';

/** A service that comes back within this time goes on counting where it stood. */
const graceMs = 5 * 60_000;

/**
 * Small numbers for identities, because the kernel keys its counts by them. A number is given away again only after
 * its last counts have been read (`flushed`), or a new service would inherit an old one's requests.
 */
export class Services {
  readonly #byId = new Map<number, Identity>();
  readonly #byKey = new Map<string, number>();
  readonly #users = new Map<number, number>();
  readonly #since = new Map<number, number>();
  readonly #retired = new Map<number, number>();
  readonly #free: number[] = [];
  readonly #limit: number;
  readonly #now: () => number;
  #next = 1;

  /** Ids run from 1 to `limit`; 0 is nobody. `now` in milliseconds. */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** The id of an identity, for one more process; undefined when all ids are taken. */
  enter(identity: Identity): number | undefined {
    const id = this.#byKey.get(identity.key) ?? this.#unused();
    if (id === undefined) return undefined;
    if (!this.#byId.has(id)) this.#since.set(id, this.#now());
    this.#byKey.set(identity.key, id);
    this.#byId.set(id, identity);
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
    this.#retired.delete(id);
    return id;
  }

  /** A new id, or the one that has been free for longest: sockets of its last owner may still be closing. */
  #unused(): number | undefined {
    return this.#next <= this.#limit ? this.#next++ : this.#free.shift();
  }

  /** Takes over what else changed about an identity with the same key; false if nothing did. */
  renew(id: number, identity: Identity): boolean {
    if (JSON.stringify(this.#byId.get(id)) === JSON.stringify(identity)) return false;
    this.#byId.set(id, identity);
    return true;
  }

  /** One process less; an id without processes retires. */
  leave(id: number): void {
    const left = (this.#users.get(id) ?? 1) - 1;
    this.#users.set(id, left);
    if (left <= 0) this.#retired.set(id, this.#now());
  }

  get(id: number): Identity | undefined {
    return this.#byId.get(id);
  }

  /** When an id was given to its identity, milliseconds since the epoch. */
  sinceMs(id: number): number | undefined {
    return this.#since.get(id);
  }

  /** Ids without processes for a while (for no time at all when ids run short): to be read a last time and flushed. */
  retired(): readonly number[] {
    const scarce = this.#byId.size > 0.75 * this.#limit;
    const before = this.#now() - graceMs;
    return [...this.#retired].filter(([, sinceMs]) => scarce || sinceMs < before).map(([id]) => id);
  }

  /** The series of a retired id have been read and removed; it may be given away. */
  flushed(id: number): void {
    const identity = this.#byId.get(id);
    if (!this.#retired.delete(id) || !identity) return;
    this.#byId.delete(id);
    this.#byKey.delete(identity.key);
    this.#users.delete(id);
    this.#since.delete(id);
    this.#free.push(id);
  }

  *[Symbol.iterator](): IterableIterator<[id: number, identity: Identity]> {
    yield* this.#byId;
  }
}
