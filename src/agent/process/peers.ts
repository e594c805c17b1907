import type { Clock } from '../../lib/clock.ts';
import { Counters } from '../counters.ts';
import { ApiError, openApi, readJson, type ApiServer } from './api-server.ts';
import { nameOfPod, type Identity } from './identity.ts';
import { parsePod, type Pod } from './pod.ts';

/** Who is behind an address. */
export type Peer =
  /** A pod somewhere in the cluster; `counted` if an agent counts at its end as well. */
  | { readonly kind: 'workload'; readonly name: string; readonly namespace: string; readonly counted: boolean }
  /** A virtual address of the cluster: the pods behind it report for themselves. */
  | { readonly kind: 'service' }
  /** This host itself: loopback, or an address of its interfaces. */
  | { readonly kind: 'host' }
  | { readonly kind: 'outside' }
  /** Not known yet; its requests are counted under a name as soon as there is one. */
  | { readonly kind: 'pending' };

export interface PeersOptions {
  readonly podAt: (address: string) => Pod | undefined;
  readonly identityIn: (podUid: string) => Identity | undefined;
  /** Whether the rules take a pod of another node. */
  readonly takesPod: (pod: Pod) => boolean;
  readonly hostAddresses: () => ReadonlySet<string>;
  /** Undefined outside a cluster: then nobody can be asked. */
  readonly server?: ApiServer;
  readonly clock: Clock;
}

const mostRemembered = 16_384;
const mostAsked = 1_024;
/** A new pod's address reaches the API server a moment after its first request reaches us. */
const emptyAnswers = 3;
const pauseMs = 100;

/**
 * Names addresses. Pods of this node are known from the watch; others are asked for one by one, when traffic first shows
 * them, because a watch of the whole cluster on every node would cost the API server nodes × pods.
 * An answer stays until a pod of this node takes over the address: counts must not wander to another name.
 */
export class Peers {
  readonly counters = new Counters();
  readonly #options: PeersOptions;
  readonly #known = new Map<string, Peer>();
  readonly #asked = new Map<string, number>();
  readonly #abort = new AbortController();
  #asking: Promise<void> | undefined;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  peerOf(address: string): Peer {
    const { podAt, hostAddresses, server } = this.#options;
    if (address.startsWith('127.') || hostAddresses().has(address)) return { kind: 'host' };
    const known = this.#known.get(address);
    const pod = podAt(address);
    if (pod) return this.#remember(address, this.#local(pod, known));
    if (known) return known;
    if (!server) return { kind: 'outside' };
    if (!this.#asked.has(address) && this.#asked.size < mostAsked) this.#asked.set(address, 0);
    this.#asking ??= this.#askAll(server);
    return { kind: 'pending' };
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#asking;
  }

  #local(pod: Pod, before: Peer | undefined): Peer {
    const identity = this.#options.identityIn(pod.uid);
    if (identity) return { kind: 'workload', name: identity.name, namespace: identity.namespace, counted: true };
    // The last process of a pod ends before the pod is gone.
    if (before?.kind === 'workload' && before.counted && before.namespace === pod.namespace) return before;
    return { kind: 'workload', name: nameOfPod(pod), namespace: pod.namespace, counted: false };
  }

  async #askAll(server: ApiServer): Promise<void> {
    while (this.#asked.size > 0 && !this.#abort.signal.aborted) {
      const [address, empty] = this.#asked.entries().next().value as [string, number];
      const peer = await this.#ask(server, address).catch(() => undefined);
      this.counters.add('peer_lookups_total');
      // To the end of the line, if it has to be asked for again.
      this.#asked.delete(address);
      if (peer) this.#remember(address, peer);
      else if (empty + 1 < emptyAnswers) this.#asked.set(address, empty + 1);
      else this.#remember(address, { kind: isPrivate(address) ? 'service' : 'outside' });
      await this.#options.clock.sleep(peer ? pauseMs : pauseMs * 10, this.#abort.signal);
    }
    this.#asking = undefined;
  }

  /** Undefined: nobody has this address, as far as we may see. */
  async #ask(server: ApiServer, address: string): Promise<Peer | undefined> {
    const get = async (what: string, field: string) => {
      const path = `/api/v1/${what}?fieldSelector=${encodeURIComponent(`${field}=${address}`)}&limit=10`;
      const list = (await readJson(await openApi(server, path, this.#abort.signal, 10_000))) as { items?: unknown[] };
      return list.items ?? [];
    };
    for (const item of await get('pods', 'status.podIP')) {
      const pod = parsePod(item);
      if (!pod || pod.hostNetwork) continue;
      const counted = this.#options.takesPod(pod);
      return { kind: 'workload', name: nameOfPod(pod), namespace: pod.namespace, counted };
    }
    const services = await get('services', 'spec.clusterIP').catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 403) return [];
      throw error;
    });
    return services.length > 0 ? { kind: 'service' } : undefined;
  }

  #remember(address: string, peer: Peer): Peer {
    this.#known.delete(address);
    this.#known.set(address, peer);
    if (this.#known.size > mostRemembered) this.#known.delete(this.#known.keys().next().value as string);
    return peer;
  }
}

/** Addresses that never come from the internet: RFC 1918, RFC 6598, link-local, unique local. */
export function isPrivate(address: string): boolean {
  return (
    /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address) ||
    /^f[cd]|^fe[89ab]/i.test(address)
  );
}
