import type { FlightSummary, KeptExchange } from '../bpf/contract.ts';
import type { Identity } from '../process/index.ts';
import { itemKey, linkKey, type Item } from './item.ts';

interface Ends {
  server?: Item | undefined;
  client?: Item | undefined;
}

/** The exchanges of the last seconds, found by link, by process and by trace. */
export class Memory {
  readonly #items = new Map<string, Item>();
  readonly #links = new Map<string, Ends>();
  readonly #byProcess = { server: new Map<number, Item[]>(), client: new Map<number, Item[]>() };
  readonly #byTrace = new Map<string, Item[]>();

  get size(): number {
    return this.#items.size;
  }

  /** Remembers an exchange; one that is known already stays as it is. */
  add(exchange: FlightSummary, kept: KeptExchange | undefined, identity: Identity | undefined, nowMs: number): Item {
    const key = itemKey(exchange);
    const known = this.#items.get(key);
    if (known) return known;
    const link = linkKey(exchange);
    const item: Item = { key, link, exchange, identity, arrivedMs: nowMs, emitted: false, ...(kept ? { kept } : {}) };
    this.#index(item);
    return item;
  }

  /** The same call at its other end, if that was on this node. */
  otherEnd({ exchange, link }: Item): Item | undefined {
    return link ? this.#links.get(link)?.[exchange.side === 'server' ? 'client' : 'server'] : undefined;
  }

  /** What a process served, or what it called. */
  of(tgid: number, side: 'server' | 'client'): readonly Item[] {
    return this.#byProcess[side].get(tgid) ?? [];
  }

  inTrace(trace: string): readonly Item[] {
    return this.#byTrace.get(trace) ?? [];
  }

  /** Forgets what `keep` does not want; everything else stays in the order it came. */
  retain(keep: (item: Item) => boolean): void {
    const gone = [...this.#items.values()].filter((item) => !keep(item));
    if (gone.length === 0) return;
    const forgotten = new Set(gone);
    const stays = (item: Item) => !forgotten.has(item);
    for (const item of gone) this.#items.delete(item.key);
    for (const { link, exchange } of gone) {
      const ends = link === undefined ? undefined : this.#links.get(link);
      if (link === undefined || !ends) continue;
      ends[exchange.side] = undefined;
      if (!ends.server && !ends.client) this.#links.delete(link);
    }
    for (const side of ['server', 'client'] as const)
      thin(this.#byProcess[side], new Set(gone.map(({ exchange }) => exchange.tgid)), stays);
    thin(this.#byTrace, new Set(gone.map(({ exchange }) => exchange.traceId)), stays);
  }

  #index(item: Item): void {
    const { exchange, link } = item;
    this.#items.set(item.key, item);
    if (link) {
      const ends = this.#links.get(link) ?? {};
      ends[exchange.side] = item;
      this.#links.set(link, ends);
    }
    push(this.#byProcess[exchange.side], exchange.tgid, item);
    push(this.#byTrace, exchange.traceId, item);
  }
}

function thin<K>(lists: Map<K, Item[]>, keys: Iterable<K>, stays: (item: Item) => boolean): void {
  for (const key of keys) {
    const left = (lists.get(key) ?? []).filter(stays);
    if (left.length > 0) lists.set(key, left);
    else lists.delete(key);
  }
}

function push<K>(into: Map<K, Item[]>, key: K, item: Item): void {
  const list = into.get(key);
  if (list) list.push(item);
  else into.set(key, [item]);
}
