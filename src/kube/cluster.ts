import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Applier, type Applied, type Contest } from './apply.ts';
import { Discovery } from './discovery.ts';
import { Fenced, NotFound } from './errors.ts';
import { Events, type EventText } from './events.ts';
import { Reflector, type ReflectorTiming, type Scope } from './reflector.ts';
import { hashOf } from './rendering.ts';
import { type KubeObject, type Live, type Ref, refOf, textOf } from './resource.ts';
import type { Rest, Verb } from './rest.ts';
import { fieldManager } from './slim.ts';
import type { Change } from './store.ts';

/** The cluster as a value: reads come from stores that watches keep, writes are strict and never idle. */
export interface Cluster {
  /** The newest known state of an object; never a request. Throws Error for a kind that is not watched. */
  read(ref: Ref): Live | undefined;
  /** Objects of a kind with all these labels; never a request. Throws Error for a kind that is not watched. */
  select(apiVersion: string, kind: string, labels: Readonly<Record<string, string>>, namespace?: string): Live[];
  /**
   * Makes an object what was rendered; no request if it is that already. `unchangedSince`: a resource version; a later one
   * is not written over, which is a Conflict.
   */
  apply(object: KubeObject, unchangedSince?: string): Promise<Applied>;
  /** Deletes an object; no request if its kind is watched and it is not there. */
  remove(ref: Ref, options?: { propagation?: 'Foreground' | 'Background' | 'Orphan' }): Promise<void>;
  /** Writes the status we own; call it only when it changed. */
  patchStatus(ref: Ref, status: object): Promise<void>;
  /** A JSON merge patch (finalizers, an annotation of a pod, the size of a claim). */
  patchMeta(ref: Ref, patch: object): Promise<void>;
  /** Tells about an object; a failure to tell is logged, not thrown. */
  event(about: Ref & { readonly uid: string }, event: EventText): Promise<void>;
  /** Hash of the data of a Secret or ConfigMap that is not ours; one request for each version, undefined if it is not there. */
  contentHash(ref: Ref): Promise<string | undefined>;
  /** True once every watched kind has been listed. */
  synced(): boolean;
  /** For how long the worst of the stores has been without a living watch, in milliseconds. */
  staleSinceMs(): number;
}

export interface ClusterOptions {
  readonly rest: Rest;
  readonly clock: Clock;
  /** Random source, 0..1. */
  readonly random: () => number;
  readonly log: Log;
  /** Name of this process, as events show it. */
  readonly identity: string;
  /** True while this process may write. */
  readonly holding: () => boolean;
  readonly scopes: readonly Scope[];
  readonly onChange: (change: Change, scope: Scope) => void;
  readonly onContest: (contest: Contest) => void;
  readonly timing?: Partial<ReflectorTiming>;
  /** Ends every watch. */
  readonly signal: AbortSignal;
}

export interface ClusterStats {
  readonly requests: Readonly<Record<Verb, number>>;
  readonly objects: number;
  /** Events the watches did not bring, found by audits. */
  readonly missed: number;
  readonly lists: number;
  readonly watches: number;
  readonly failures: number;
}

/** Everything we render carries this label, so that watches need not look at anything else. */
export const stackLabel = 'ostack.io/stack';

/** Follows the objects of one kind that carry our label. */
export function childScope(apiVersion: string, kind: string): Scope {
  return { apiVersion, kind, labelSelector: stackLabel };
}

export class WatchedCluster implements Cluster {
  private readonly options: ClusterOptions;
  private readonly discovery: Discovery;
  private readonly applier: Applier;
  private readonly events: Events;
  private readonly reflectors = new Map<string, Reflector[]>();
  private readonly running = new Set<Promise<void>>();
  private readonly listeners = new Set<() => void>();
  private readonly hashes = new Map<string, { readonly version: string; readonly hash: string }>();

  constructor(options: ClusterOptions) {
    const { rest, clock, identity, onContest } = options;
    this.options = options;
    this.discovery = new Discovery(rest);
    const admit = () => {
      if (!options.holding())
        throw new Fenced('not the leader any more', 0, 'Nothing to do: the replica that leads does it.');
    };
    this.admit = admit;
    this.events = new Events({ rest, clock, admit, instance: identity });
    this.applier = new Applier({
      rest,
      discovery: this.discovery,
      admit,
      onContest,
      gone: (live) => this.until(() => this.read(refOf(live))?.metadata.uid !== live.metadata.uid, 10_000),
    });
    for (const scope of options.scopes) this.watch(scope);
  }

  private readonly admit: () => void;

  /** Starts to follow a scope, unless it is followed already. */
  watch(scope: Scope): void {
    const { rest, clock, random, log, timing, signal } = this.options;
    const key = kindKey(scope);
    const present = this.reflectors.get(key) ?? [];
    if (present.some((reflector) => sameScope(reflector.scope, scope))) return;
    const reflector = new Reflector({
      rest,
      scope,
      path: () => this.discovery.collectionOf(scope.apiVersion, scope.kind, scope.namespace),
      onChange: (change) => this.tell(change, scope),
      clock,
      random,
      log,
      ...(timing && { timing }),
    });
    this.reflectors.set(key, [...present, reflector]);
    const run = reflector.run(signal).finally(() => {
      this.running.delete(run);
      this.wake();
    });
    this.running.add(run);
  }

  /** Resolves true once every watched kind has been listed, false if that takes longer. */
  async waitSynced(timeoutMs: number): Promise<boolean> {
    return this.until(() => this.synced(), timeoutMs);
  }

  /** Resolves when every watch has ended, after the signal aborted. */
  async ended(): Promise<void> {
    await Promise.all(this.running);
  }

  read(ref: Ref): Live | undefined {
    for (const { store } of this.watching(ref)) {
      const live = store.get(ref.name, ref.namespace);
      if (live !== undefined) return live;
    }
    return undefined;
  }

  select(apiVersion: string, kind: string, labels: Readonly<Record<string, string>>, namespace?: string): Live[] {
    return this.watching({ apiVersion, kind }).flatMap(({ store }) => store.select(labels, namespace));
  }

  async apply(object: KubeObject, unchangedSince?: string): Promise<Applied> {
    if (object.metadata.labels?.[stackLabel] === undefined)
      throw new Error(`${textOf(refOf(object))} lacks the label ${stackLabel}, so no watch would see it`);
    if (this.whole(object).length === 0) {
      this.watch(childScope(object.apiVersion, object.kind));
      await this.waitSynced(30_000);
    }
    const applied = await this.applier.apply(object, this.read(refOf(object)), unchangedSince);
    if (applied.kind === 'applied') this.learn(applied.live);
    return applied;
  }

  /** What applying would make of an object, without doing it. */
  dryRun(object: KubeObject): Promise<Live> {
    return this.applier.dryRun(object);
  }

  async remove(ref: Ref, options: { propagation?: 'Foreground' | 'Background' | 'Orphan' } = {}): Promise<void> {
    const watched = this.whole(ref).length > 0;
    const live = watched ? this.read(ref) : undefined;
    if (watched && live === undefined) return;
    const path = await this.discovery.pathOf(ref);
    const body = {
      propagationPolicy: options.propagation ?? 'Background',
      ...(live && { preconditions: { uid: live.metadata.uid } }),
    };
    const answer = await this.options.rest
      .request('DELETE', path, { body, admit: this.admit })
      .catch((error: unknown) => {
        if (!(error instanceof NotFound)) throw error;
        return { body: { kind: 'Status' } };
      });
    if (live === undefined) return;
    const left = answer.body as Live;
    if (left.metadata?.deletionTimestamp === undefined) for (const each of this.whole(ref)) each.learnGone(live);
    else this.learn(left);
  }

  async patchStatus(ref: Ref, status: object): Promise<void> {
    const { apiVersion, kind, name, namespace } = ref;
    const { body } = await this.options.rest.request('PATCH', await this.discovery.pathOf(ref, 'status'), {
      query: { fieldManager, force: true, fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, status },
      admit: this.admit,
    });
    this.learn(body as Live);
  }

  async patchMeta(ref: Ref, patch: object): Promise<void> {
    const { body } = await this.options.rest.request('PATCH', await this.discovery.pathOf(ref), {
      query: { fieldManager },
      contentType: 'application/merge-patch+json',
      body: patch,
      admit: this.admit,
    });
    this.learn(body as Live);
  }

  async event(about: Ref & { readonly uid: string }, event: EventText): Promise<void> {
    await this.events.tell(about, event).catch((error: unknown) => {
      this.options.log.warn({ err: error, about: textOf(about), reason: event.reason }, 'event not written');
    });
  }

  async contentHash(ref: Ref): Promise<string | undefined> {
    const key = `${ref.apiVersion} ${textOf(ref)}`;
    const version = this.version(ref);
    if (version === undefined) {
      this.hashes.delete(key);
      return undefined;
    }
    const known = this.hashes.get(key);
    if (known?.version === version) return known.hash;
    try {
      const live = (await this.options.rest.request('GET', await this.discovery.pathOf(ref))).body as Live;
      const hash = hashOf({ data: live['data'] ?? {}, binaryData: live['binaryData'] ?? {} });
      this.hashes.set(key, { version: live.metadata.resourceVersion, hash });
      return hash;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  /** The version of an object, also where nothing else of it is kept; never a request. */
  version(ref: Ref): string | undefined {
    return this.watching(ref, true)
      .map(({ store }) => store.get(ref.name, ref.namespace)?.metadata.resourceVersion)
      .find((found) => found !== undefined);
  }

  synced(): boolean {
    return this.everyReflector().every((reflector) => reflector.synced());
  }

  staleSinceMs(): number {
    return Math.max(0, ...this.everyReflector().map((reflector) => reflector.staleSinceMs()));
  }

  /** Plain numbers since the start, for whoever publishes metrics. */
  stats(): ClusterStats {
    const all = this.everyReflector();
    const sum = (of: (reflector: Reflector) => number) => all.reduce((total, reflector) => total + of(reflector), 0);
    return {
      requests: this.options.rest.counts,
      objects: sum(({ store }) => store.size),
      missed: sum(({ missed }) => missed),
      lists: sum(({ counts }) => counts.lists),
      watches: sum(({ counts }) => counts.watches),
      failures: sum(({ counts }) => counts.failures),
    };
  }

  private learn(live: Live): void {
    for (const reflector of this.whole(live)) reflector.learn(live);
  }

  private tell(change: Change, scope: Scope): void {
    if (change.kind === 'removed') this.applier.forget(change.live);
    this.options.onChange(change, scope);
    this.wake();
  }

  private wake(): void {
    for (const listener of this.listeners) listener();
  }

  private async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const { clock, signal } = this.options;
    const deadline = clock.now() + timeoutMs;
    while (!condition()) {
      if (signal.aborted || clock.now() >= deadline) return false;
      const woken = new AbortController();
      const listener = () => woken.abort();
      this.listeners.add(listener);
      // A list may end without any change to tell of, hence the second look now and then.
      await clock.sleep(Math.min(50, deadline - clock.now()), AbortSignal.any([signal, woken.signal]));
      this.listeners.delete(listener);
    }
    return true;
  }

  private everyReflector(): Reflector[] {
    return [...this.reflectors.values()].flat();
  }

  /** Reflectors that keep whole objects of a kind. */
  private whole(of: { apiVersion: string; kind: string }): Reflector[] {
    return (this.reflectors.get(kindKey(of)) ?? []).filter(({ scope }) => !scope.metadataOnly);
  }

  private watching(of: { apiVersion: string; kind: string }, metadata = false): Reflector[] {
    const found = metadata ? (this.reflectors.get(kindKey(of)) ?? []) : this.whole(of);
    if (found.length === 0) throw new Error(`${of.apiVersion} ${of.kind} is not watched`);
    return found;
  }
}

function kindKey(of: { readonly apiVersion: string; readonly kind: string }): string {
  return `${of.apiVersion} ${of.kind}`;
}

function sameScope(a: Scope, b: Scope): boolean {
  return (
    a.namespace === b.namespace &&
    a.labelSelector === b.labelSelector &&
    a.fieldSelector === b.fieldSelector &&
    (a.metadataOnly ?? false) === (b.metadataOnly ?? false)
  );
}
