import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Counters } from '../counters.ts';
import { ApiError, openApi, readJson, type ApiServer } from './api-server.ts';
import { nameOfPod, type Identity } from './identity.ts';
import { parsePod, type Pod } from './pod.ts';

/** A pod somewhere in the cluster, or all of them behind a virtual address. */
export interface WorkloadPeer {
  readonly kind: 'workload';
  readonly name: string;
  readonly namespace: string;
  /** An agent counts at its end as well. */
  readonly counted: boolean;
  /** It has an SDK that reports the same requests. */
  readonly reportsItself: boolean;
}

/** Who is behind an address. */
export type Peer =
  | WorkloadPeer
  /** A virtual address of the cluster: an agent counts at the pods behind it. */
  | { readonly kind: 'service' }
  /** This host itself: loopback, or an address of its interfaces. */
  | { readonly kind: 'host' }
  | { readonly kind: 'outside' }
  /** No address: the kernel has forgotten it, and nobody can be asked. */
  | { readonly kind: 'unknown' }
  /** Not known yet; its requests are counted under a name as soon as there is one. */
  | { readonly kind: 'pending' };

export interface PeersOptions {
  readonly podAt: (address: string) => Pod | undefined;
  readonly identityIn: (podUid: string) => Identity | undefined;
  /** What a pod of this node calls itself whose processes are left to their own reports. */
  readonly reporterIn: (podUid: string) => Identity | undefined;
  /** Whether an agent counts at a pod of another node. */
  readonly countsAt: (pod: Pod) => boolean;
  readonly hostAddresses: () => ReadonlySet<string>;
  /** Undefined outside a cluster: then nobody can be asked. */
  readonly server?: ApiServer;
  readonly clock: Clock;
  /** A random source, 0 to 1. */
  readonly jitter: () => number;
}

interface Known {
  readonly peer: Peer;
  /** When it is to be asked for again: an address passes from one pod to another. */
  readonly dueMs: number;
}

const mostRemembered = 16_384;
const mostAsked = 1_024;
/** A new pod's address reaches the API server a moment after its first request reaches us. */
const emptyAnswers = 3;
const pauseMs = 100;
const renewMs = 5 * 60_000;
/** The world outside is large, and seldom becomes a pod. */
const renewOutsideMs = 60 * 60_000;
const retry = { baseMs: 500, maxMs: 30_000 };

/**
 * Names addresses. Pods of this node are known from the watch; others are asked for one by one, when traffic first shows
 * them, because a watch of the whole cluster on every node would cost the API server nodes × pods.
 * An answer stays until a pod of this node takes over the address or the API server names another one. What it failed to
 * answer is asked again for as long as it takes; only that it knows nobody is an answer too.
 */
export class Peers {
  readonly counters = new Counters();
  readonly #options: PeersOptions;
  readonly #known = new Map<string, Known>();
  /** Waiting for an answer, with how often there was nobody. */
  readonly #asked = new Map<string, number>();
  readonly #abort = new AbortController();
  #asking: Promise<void> | undefined;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  peerOf(address: string): Peer {
    const { podAt, hostAddresses, server, clock } = this.#options;
    if (address === '') return { kind: 'unknown' };
    if (address.startsWith('127.') || hostAddresses().has(address)) return { kind: 'host' };
    const known = this.#known.get(address);
    const pod = podAt(address);
    if (pod) return this.#remember(address, this.#local(pod, known?.peer));
    if (known && known.dueMs > clock.now()) return known.peer;
    if (!server) return { kind: 'outside' };
    if (!this.#asked.has(address) && this.#asked.size < mostAsked) this.#asked.set(address, 0);
    this.#asking ??= this.#askAll(server);
    return known?.peer ?? { kind: 'pending' };
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#asking;
  }

  #local(pod: Pod, before: Peer | undefined): Peer {
    const identity = this.#options.identityIn(pod.uid);
    if (identity) return workload(identity, true, identity.reportsItself ?? false);
    const reporter = this.#options.reporterIn(pod.uid);
    if (reporter) return workload(reporter, false, true);
    // The last process of a pod ends before the pod is gone.
    const knew = before?.kind === 'workload' && (before.counted || before.reportsItself);
    if (knew && before.namespace === pod.namespace) return before;
    return this.#fromSpecification(pod, false);
  }

  #fromSpecification(pod: Pod, counted: boolean): WorkloadPeer {
    const { name = nameOfPod(pod), namespace = pod.namespace } = pod.reports ?? {};
    return workload({ name, namespace }, counted, pod.reports !== undefined);
  }

  async #askAll(server: ApiServer): Promise<void> {
    const { clock, jitter } = this.#options;
    const { signal } = this.#abort;
    let failures = 0;
    while (this.#asked.size > 0 && !signal.aborted) {
      const [address, empty] = this.#asked.entries().next().value as [string, number];
      const peer = await this.#ask(server, address).catch(() => 'failed' as const);
      this.counters.add('peer_lookups_total');
      // To the end of the line, if it has to be asked for again.
      this.#asked.delete(address);
      if (peer === 'failed') {
        this.counters.add('peer_lookup_errors_total');
        this.#asked.set(address, empty);
        await clock.sleep(backoffMs(failures++, { ...retry, jitter }), signal);
        continue;
      }
      failures = 0;
      const before = this.#known.get(address)?.peer;
      if (peer ?? before) this.#remember(address, (peer ?? before) as Peer);
      else if (empty + 1 < emptyAnswers) this.#asked.set(address, empty + 1);
      else this.#remember(address, { kind: isPrivate(address) ? 'service' : 'outside' });
      await clock.sleep(peer ? pauseMs : pauseMs * 10, signal);
    }
    this.#asking = undefined;
  }

  /** Undefined: nobody has this address, as far as we may see. */
  async #ask(server: ApiServer, address: string): Promise<Peer | undefined> {
    for (const pod of await this.#pods(server, '', `fieldSelector=${encodeURIComponent(`status.podIP=${address}`)}`))
      if (!pod.hostNetwork) return this.#fromSpecification(pod, this.#options.countsAt(pod));
    const selector = encodeURIComponent(`spec.clusterIP=${address}`);
    const [service] = await this.#list(server, `services?fieldSelector=${selector}`).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 403) return [];
      throw error;
    });
    return service === undefined ? undefined : this.#behind(server, service as ApiService);
  }

  /** Whom a virtual address stands for, if nobody counts there; the pods of one service are taken to be alike. */
  async #behind(server: ApiServer, { metadata, spec }: ApiService): Promise<Peer> {
    const labels = Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
    if (!metadata?.namespace || labels.length === 0) return { kind: 'service' };
    const place = `namespaces/${encodeURIComponent(metadata.namespace)}/`;
    const [pod] = await this.#pods(server, place, `labelSelector=${encodeURIComponent(labels.join(','))}`);
    if (!pod || this.#options.identityIn(pod.uid) || this.#options.countsAt(pod)) return { kind: 'service' };
    const reporter = this.#options.reporterIn(pod.uid);
    return reporter ? workload(reporter, false, true) : this.#fromSpecification(pod, false);
  }

  async #pods(server: ApiServer, place: string, selector: string): Promise<Pod[]> {
    const items = await this.#list(server, `${place}pods?${selector}`);
    return items.flatMap((item) => parsePod(item) ?? []);
  }

  async #list(server: ApiServer, what: string): Promise<unknown[]> {
    const response = await openApi(server, `/api/v1/${what}&limit=10`, this.#abort.signal, 10_000);
    return ((await readJson(response)) as { items?: unknown[] }).items ?? [];
  }

  #remember(address: string, peer: Peer): Peer {
    const dueMs = this.#options.clock.now() + (peer.kind === 'outside' ? renewOutsideMs : renewMs);
    this.#known.delete(address);
    this.#known.set(address, { peer, dueMs });
    if (this.#known.size > mostRemembered) this.#known.delete(this.#known.keys().next().value as string);
    return peer;
  }
}

interface ApiService {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: { readonly selector?: Readonly<Record<string, string>> };
}

function workload(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  counted: boolean,
  reportsItself: boolean,
): WorkloadPeer {
  return { kind: 'workload', name, namespace, counted, reportsItself };
}

/** Addresses that never come from the internet: RFC 1918, RFC 6598, link-local, unique local. */
export function isPrivate(address: string): boolean {
  return (
    /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address) ||
    /^f[cd]|^fe[89ab]/i.test(address)
  );
}
