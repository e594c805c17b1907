import type { Clock } from '../../lib/clock.ts';
import type { Http } from '../canary/http.ts';
import { readAgent, silentAgent, type AgentSeen } from './agent-seen.ts';
import type { AgentPod } from './agent-pods.ts';

export interface AgentsOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** Told when an agent of a stack says something else than before. */
  readonly onChange: (key: string) => void;
  /** Between two questions to the same agent, milliseconds. */
  readonly periodMs?: number;
}

interface Watched {
  pods: readonly AgentPod[];
  readonly answers: Map<string /* url */, { readonly fingerprint: string; readonly seen: AgentSeen }>;
  readonly stop: AbortController;
}

/** Agents asked at the same time. */
const atOnce = 16;
const timeoutMs = 2000;

/** Asks the agents of every stack how they are, over HTTP and never over the API server. */
export class Agents {
  readonly #options: AgentsOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: AgentsOptions) {
    this.#options = options;
  }

  /** What the agents of a stack say, one answer a pod. Waits only for pods that are new or have changed. */
  async expect(key: string, pods: readonly AgentPod[]): Promise<readonly AgentSeen[]> {
    const watched = this.#watched.get(key) ?? this.#start(key);
    watched.pods = pods;
    const urls = new Set(pods.map(({ url }) => url));
    for (const url of watched.answers.keys()) if (!urls.has(url)) watched.answers.delete(url);
    await this.#ask(
      watched,
      pods.filter(({ url, fingerprint }) => watched.answers.get(url)?.fingerprint !== fingerprint),
    );
    return this.known(key);
  }

  /** What they said last. */
  known(key: string): readonly AgentSeen[] {
    const watched = this.#watched.get(key);
    return watched?.pods.flatMap(({ url }) => watched.answers.get(url)?.seen ?? []) ?? [];
  }

  forget(key: string): void {
    this.#watched.get(key)?.stop.abort();
    this.#watched.delete(key);
  }

  /** Asks nobody any more, and resolves when nothing runs. */
  async stop(): Promise<void> {
    for (const key of this.#watched.keys()) this.forget(key);
    await Promise.all(this.#running);
  }

  #start(key: string): Watched {
    const watched: Watched = { pods: [], answers: new Map(), stop: new AbortController() };
    this.#watched.set(key, watched);
    const run = this.#repeat(key, watched).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return watched;
  }

  async #repeat(key: string, watched: Watched): Promise<void> {
    const { clock, onChange, periodMs = 30_000 } = this.#options;
    const { signal } = watched.stop;
    for (;;) {
      await clock.sleep(periodMs, signal);
      if (signal.aborted) return;
      const before = JSON.stringify(this.known(key));
      await this.#ask(watched, watched.pods);
      if (!signal.aborted && JSON.stringify(this.known(key)) !== before) onChange(key);
    }
  }

  async #ask(watched: Watched, pods: readonly AgentPod[]): Promise<void> {
    const { http } = this.#options;
    const { signal } = watched.stop;
    const rest = [...pods];
    const worker = async (): Promise<void> => {
      for (let pod = rest.shift(); pod !== undefined; pod = rest.shift()) {
        const { node, url, fingerprint } = pod;
        const seen = await http(url, { timeoutMs, signal }).then(
          ({ body }) => readAgent(node, body),
          () => silentAgent(node),
        );
        if (!signal.aborted) watched.answers.set(url, { fingerprint, seen });
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, rest.length) }, worker));
  }
}
