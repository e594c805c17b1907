import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { Counters } from '../counters.ts';
import { ApiError, openApi, readEvents, readJson, type ApiServer } from './api-server.ts';
import { parsePod, type Pod } from './pod.ts';

export interface PodWatchOptions {
  readonly server: ApiServer;
  readonly node: string;
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly log: Log;
  /** A pod appeared or changed in what we keep of it, or is gone. */
  readonly onChange: () => void;
}

const watchSeconds = 300;
/** A watch that ends sooner is a failure, or a server that only ends them would be asked without a pause. */
const briefMs = 5_000;
const pageSize = 500;

/**
 * The pods of one node: a list in pages, then a watch with bookmarks that goes on where it broke off. Only an expired
 * resource version lists again. While the API server is away the last known pods stay.
 */
export class PodWatch {
  readonly counters = new Counters();
  readonly #options: PodWatchOptions;
  readonly #abort = new AbortController();
  readonly #byUid = new Map<string, Pod>();
  readonly #byContainer = new Map<string, Pod>();
  readonly #byIp = new Map<string, Pod>();
  readonly #running: Promise<void>;
  #version = '';
  #synced = false;
  #problem = '';
  #failures = 0;

  constructor(options: PodWatchOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** True once the pods were listed. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Why the watch does not work at the moment; empty if it does. */
  get problem(): string {
    return this.#problem;
  }

  get(uid: string | undefined, containerId: string | undefined): Pod | undefined {
    return (uid && this.#byUid.get(uid)) || (containerId ? this.#byContainer.get(containerId) : undefined);
  }

  /** The pod of this node that has an address; pods on the host's network have none of their own. */
  at(ip: string): Pod | undefined {
    return this.#byIp.get(ip);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, jitter, log } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        if (this.#version === '') await this.#list();
        await this.#watch();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 410) this.#version = '';
        this.#problem = error instanceof Error ? error.message : String(error);
        this.counters.add('pod_watch_errors_total');
        if (this.#failures === 0) log.warn({ problem: this.#problem }, 'the pod watch broke, trying again');
        await clock.sleep(backoffMs(this.#failures++, { baseMs: 200, maxMs: 30_000, jitter }), this.#abort.signal);
      }
    }
  }

  async #list(): Promise<void> {
    const seen = new Set<string>();
    let next = '';
    do {
      const path = `${this.#path()}&limit=${pageSize}${next ? `&continue=${encodeURIComponent(next)}` : ''}`;
      const page = (await readJson(await openApi(this.#options.server, path, this.#abort.signal, 30_000))) as PodList;
      for (const item of page.items ?? []) {
        const pod = parsePod(item);
        if (pod) seen.add(this.#put(pod).uid);
      }
      next = page.metadata?.continue ?? '';
      this.#version = next === '' ? (page.metadata?.resourceVersion ?? '') : '';
    } while (next !== '');
    for (const pod of this.#byUid.values()) if (!seen.has(pod.uid)) this.#forget(pod);
    this.#synced = true;
    this.counters.add('pod_watch_lists_total');
    this.#changed();
  }

  async #watch(): Promise<void> {
    const seconds = Math.round(watchSeconds * (1 + this.#options.jitter() / 2));
    const path = `${this.#path()}&watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${this.#version}`;
    const response = await openApi(this.#options.server, path, this.#abort.signal, (seconds + 30) * 1000);
    this.#problem = '';
    const openedMs = this.#options.clock.now();
    const isBrief = () => this.#options.clock.now() - openedMs < briefMs;
    try {
      for await (const raw of readEvents(response)) this.#take(raw as WatchEvent);
    } finally {
      if (!isBrief()) this.#failures = 0;
    }
    if (isBrief()) throw new Error('the API server ends watches as soon as they begin');
  }

  #take(event: WatchEvent): void {
    if (event.type === 'ERROR') throw new ApiError(event.object?.code ?? 0, event.object?.message ?? 'watch error');
    this.#version = event.object?.metadata?.resourceVersion ?? this.#version;
    const pod = event.type === 'BOOKMARK' ? undefined : parsePod(event.object);
    if (!pod) return;
    if (event.type === 'DELETED') this.#forget(pod);
    else this.#put(pod);
    this.#changed();
  }

  #put(pod: Pod): Pod {
    const known = this.#byUid.get(pod.uid);
    if (known) this.#forget(known);
    this.#byUid.set(pod.uid, pod);
    for (const id of pod.containers.keys()) this.#byContainer.set(id, pod);
    if (!pod.hostNetwork) for (const ip of pod.ips) this.#byIp.set(ip, pod);
    return pod;
  }

  #forget(pod: Pod): void {
    const known = this.#byUid.get(pod.uid);
    this.#byUid.delete(pod.uid);
    for (const id of known?.containers.keys() ?? []) this.#byContainer.delete(id);
    for (const ip of known?.ips ?? []) if (this.#byIp.get(ip) === known) this.#byIp.delete(ip);
  }

  #changed(): void {
    this.counters.set('pods', this.#byUid.size);
    this.#options.onChange();
  }

  #path(): string {
    return `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${this.#options.node}`)}`;
  }
}

interface PodList {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly unknown[];
}
interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object?: {
    readonly metadata?: { readonly resourceVersion?: string };
    readonly code?: number;
    readonly message?: string;
  };
}
