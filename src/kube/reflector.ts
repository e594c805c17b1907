import { backoffMs } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { missedChanges, missedRemovals, versionsOf } from './audit.ts';
import { errorOf, Gone, KubeError, TooManyRequests } from './errors.ts';
import { listAll } from './list.ts';
import { isNewer, type Live } from './resource.ts';
import type { Rest } from './rest.ts';
import { bare, slim } from './slim.ts';
import { Store, type Change } from './store.ts';

/** Which objects to follow. */
export interface Scope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Keep no more than name and version of each object (for kinds where thousands belong to others). */
  readonly metadataOnly?: boolean;
}

export interface ReflectorTiming {
  /** Objects a page of a list. */
  readonly pageSize: number;
  /** The server ends a watch after a random time between these; seconds. */
  readonly watchSeconds: readonly [number, number];
  /** A watch that had a bookmark (they come every minute or two) and then not a byte for this long is cut; milliseconds. */
  readonly quietMs: number;
  /**
   * The same for a watch that never had one: an etcd that reports no progress gives none to a kind in which nothing
   * happens, so silence there is no failure. Dead peers are found sooner by the probes of the kernel; milliseconds.
   */
  readonly idleMs: number;
  /** Wait between tries after failures; milliseconds. */
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
  /** How often the store is compared with a list of versions; milliseconds. */
  readonly auditMs: number;
  /** How long a watch may take to tell of a removal before an audit calls it missed; milliseconds. */
  readonly settleMs: number;
}

export const defaultTiming: ReflectorTiming = {
  pageSize: 500,
  watchSeconds: [300, 600],
  quietMs: 150_000,
  idleMs: 240_000,
  backoff: { baseMs: 200, maxMs: 30_000 },
  auditMs: 3_600_000,
  settleMs: 5_000,
};

export interface ReflectorOptions {
  readonly rest: Rest;
  readonly scope: Scope;
  /** Where the collection lives; asked on each list, as a CRD may come later. */
  readonly path: () => Promise<string>;
  readonly onChange: (change: Change) => void;
  readonly clock: Clock;
  /** Random source, 0..1. */
  readonly random: () => number;
  readonly log: Log;
  readonly timing?: Partial<ReflectorTiming>;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Live & { code?: number };
}

/** Keeps a store equal to the server: a list, then watches from where the last one ended, through every kind of failure. */
export class Reflector {
  readonly store = new Store();
  readonly scope: Scope;
  /** Events the watches did not bring, found by comparing versions; anything but 0 is a defect worth reporting. */
  missed = 0;
  /** Lists, watches and failures since the start. */
  readonly counts = { lists: 0, watches: 0, failures: 0 };
  private readonly options: ReflectorOptions;
  private readonly timing: ReflectorTiming;
  private version: string | undefined;
  private listed = false;
  private detachedSince: number | undefined;
  private failures = 0;
  private refusals = 0;
  private bookmarked = false;
  private relist = false;
  private cut: AbortController | undefined;

  constructor(options: ReflectorOptions) {
    this.options = options;
    this.scope = options.scope;
    // A ConfigMap of ours may hold a whole dashboard, and a page is in memory at once.
    const pageSize = options.scope.kind === 'ConfigMap' && !options.scope.metadataOnly ? 100 : defaultTiming.pageSize;
    this.timing = { ...defaultTiming, pageSize, ...options.timing };
    this.detachedSince = options.clock.now();
  }

  /** True once a first whole list is in the store. */
  synced(): boolean {
    return this.listed;
  }

  /** For how long the store has been without a living watch, in milliseconds; 0 while there is one. */
  staleSinceMs(): number {
    return this.detachedSince === undefined ? 0 : this.options.clock.now() - this.detachedSince;
  }

  /** Follows the server until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.follow(signal), this.audits(signal)]);
  }

  /** Takes the answer to a write of ours, so that the next read sees it; ignored if the watch has already passed it. */
  learn(live: Live): void {
    const { namespace, labelSelector } = this.scope;
    if (namespace !== undefined && live.metadata.namespace !== namespace) return;
    // What the selector may not choose would stay in the store for ever: no watch tells of its end.
    if (labelSelector !== undefined && live.metadata.labels?.[labelSelector] === undefined) return;
    if (this.version === undefined || isNewer(live.metadata.resourceVersion, this.version))
      this.store.put(this.keep(live));
  }

  /** Takes note that an object, in the version we know, is gone. */
  learnGone(live: Live): void {
    const stored = this.store.get(live.metadata.name, live.metadata.namespace);
    if (stored?.metadata.uid === live.metadata.uid) this.store.drop(stored);
  }

  /** Compares the store with the server's own versions; counts what was missed, and lists again if anything was. */
  async audit(signal: AbortSignal): Promise<number> {
    const { rest, clock, log } = this.options;
    const seen = this.version;
    if (seen === undefined || this.staleSinceMs() > 0) return 0;
    const held = versionsOf(this.store);
    const path = await this.options.path();
    const list = await listAll(rest, path, this.scope, {
      signal,
      metadataOnly: true,
      notOlderThan: seen,
      keep: (live) => bare(live, this.scope),
    });
    if (missedRemovals(this.store, list) > 0) await clock.sleep(this.timing.settleMs, signal);
    const missed = missedChanges(held, seen, list) + missedRemovals(this.store, list);
    if (missed > 0 && !signal.aborted) {
      this.missed += missed;
      log.error({ scope: this.scope, missed }, 'events were missed; listing again');
      this.relist = true;
      this.cut?.abort();
    }
    return missed;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.options;
    while (!signal.aborted) {
      try {
        if (this.version === undefined || this.relist) await this.list(signal);
        await this.watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.counts.failures += 1;
        this.failures += 1;
        if (error instanceof KubeError && error.status > 0) this.refusals += 1;
        // A version the server does not like, for whatever reason, is not worth a sixth try.
        if (error instanceof Gone || this.refusals > 5) this.relist = true;
        const waitMs = backoffMs(this.failures - 1, { ...this.timing.backoff, jitter: random });
        const askedMs = error instanceof TooManyRequests ? error.retryAfterMs * (1 + random() / 4) : 0;
        log.debug({ err: error, kind: this.scope.kind, waitMs }, 'watch interrupted');
        await clock.sleep(Math.max(waitMs, askedMs), signal);
      }
    }
  }

  private async list(signal: AbortSignal): Promise<void> {
    const { rest, scope, onChange } = this.options;
    this.counts.lists += 1;
    const path = await this.options.path();
    const { pageSize } = this.timing;
    const { items, resourceVersion } = await listAll(rest, path, scope, { signal, pageSize, keep: this.keep });
    // A newest list older than what was seen: the server came back from a backup, and versions start over.
    if (this.version !== undefined && isNewer(this.version, resourceVersion)) this.store.clear();
    const changes = this.store.replace(items, resourceVersion);
    this.version = resourceVersion;
    this.relist = false;
    this.refusals = 0;
    this.listed = true;
    changes.forEach(onChange);
  }

  private async watch(signal: AbortSignal): Promise<void> {
    const { rest, scope, clock, random } = this.options;
    const [least, most] = this.timing.watchSeconds;
    const seconds = Math.round(least + (most - least) * random());
    const path = await this.options.path();
    const cut = new AbortController();
    this.cut = cut;
    // The server ends the watch; if it forgets to, we do.
    const deadline = setTimeout(() => cut.abort(), (seconds + 15) * 1000);
    let openedAt: number | undefined;
    let silence: NodeJS.Timeout | undefined;
    let silent = false;
    this.bookmarked = false;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(
        () => {
          silent = true;
          cut.abort();
        },
        this.bookmarked ? this.timing.quietMs : this.timing.idleMs,
      );
    };
    this.counts.watches += 1;
    try {
      await rest.stream(path, {
        query: {
          watch: true,
          resourceVersion: this.version,
          allowWatchBookmarks: true,
          timeoutSeconds: seconds,
          labelSelector: scope.labelSelector,
          fieldSelector: scope.fieldSelector,
        },
        ...(scope.metadataOnly && { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }),
        signal: AbortSignal.any([signal, cut.signal]),
        onOpen: () => {
          openedAt = clock.now();
          this.detachedSince = undefined;
          listen();
        },
        onValue: (value) => {
          this.take(value as WatchEvent);
          listen();
        },
      });
      // A server that ends every watch at once must not be asked in a loop.
      if (clock.now() - openedAt! < 1000) throw new Error('the watch ended at once');
    } catch (error) {
      if (!silent || this.bookmarked) throw error;
    } finally {
      clearTimeout(deadline);
      clearTimeout(silence);
      this.detachedSince ??= clock.now();
      if (openedAt !== undefined && clock.now() - openedAt >= 1000) this.failures = this.refusals = 0;
    }
  }

  private take(event: WatchEvent): void {
    if (event.type === 'ERROR')
      throw errorOf(`watch of ${this.scope.kind}`, event.object.code ?? 500, JSON.stringify(event.object));
    this.failures = this.refusals = 0;
    if (event.type === 'BOOKMARK') this.bookmarked = true;
    // The echo of our own writes is most of what comes while a stack is made.
    else if (event.type === 'DELETED' || !this.store.knows(event.object)) {
      const live = this.keep(event.object);
      const change = event.type === 'DELETED' ? this.store.drop(live) : this.store.put(live);
      if (change) this.options.onChange(change);
    }
    this.version = event.object.metadata.resourceVersion;
  }

  private readonly keep = (live: Live): Live => (this.scope.metadataOnly ? bare : slim)(live, this.scope);

  private async audits(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.options;
    while (!signal.aborted) {
      await clock.sleep(this.timing.auditMs * (0.9 + random() / 5), signal);
      if (signal.aborted) return;
      await this.audit(signal).catch((error: unknown) => log.debug({ err: error }, 'audit not possible now'));
    }
  }
}
