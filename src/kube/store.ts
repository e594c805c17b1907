import { isNewer, type Live } from './resource.ts';

/** What happened to one object, as far as the store can tell. */
export type Change =
  | { readonly kind: 'added'; readonly live: Live }
  | { readonly kind: 'changed'; readonly live: Live; readonly before: Live }
  | { readonly kind: 'removed'; readonly live: Live };

const keyOf = (name: string, namespace?: string) => `${namespace ?? ''}/${name}`;

/** The newest known state of every object of one kind. Never goes back: what is older than the stored version is ignored. */
export class Store {
  private readonly objects = new Map<string, Live>();
  private readonly indexLabel: string;
  private readonly byLabel = new Map<string, Set<string>>();
  private readonly byNamespace = new Map<string, Set<string>>();

  /** `indexLabel`: selecting by this label, or in one namespace, does not look at every object. */
  constructor(indexLabel = 'ostack.io/stack') {
    this.indexLabel = indexLabel;
  }

  get size(): number {
    return this.objects.size;
  }

  get(name: string, namespace?: string): Live | undefined {
    return this.objects.get(keyOf(name, namespace));
  }

  all(): Iterable<Live> {
    return this.objects.values();
  }

  /** Objects that carry all these labels, in one namespace or in all. */
  select(labels: Readonly<Record<string, string>>, namespace?: string): Live[] {
    const wanted = Object.entries(labels);
    const found: Live[] = [];
    for (const key of this.candidates(labels[this.indexLabel], namespace)) {
      const live = this.objects.get(key)!;
      if (namespace !== undefined && live.metadata.namespace !== namespace) continue;
      if (wanted.every(([name, value]) => live.metadata.labels?.[name] === value)) found.push(live);
    }
    return found;
  }

  /** True if this state of an object is no newer than the stored one. */
  knows({ metadata }: Live): boolean {
    const stored = this.get(metadata.name, metadata.namespace);
    return stored !== undefined && !isNewer(metadata.resourceVersion, stored.metadata.resourceVersion);
  }

  /** Takes a newer state of an object; undefined if it is not newer. */
  put(live: Live): Change | undefined {
    if (this.knows(live)) return undefined;
    const key = keyOf(live.metadata.name, live.metadata.namespace);
    const before = this.objects.get(key);
    if (before) this.unindex(key, before);
    this.objects.set(key, live);
    for (const [index, value] of this.indices(live)) index.set(value, (index.get(value) ?? new Set()).add(key));
    return before ? { kind: 'changed', live, before } : { kind: 'added', live };
  }

  /** Forgets an object, given its last state; undefined if a newer one is stored or none. */
  drop(last: Live): Change | undefined {
    const key = keyOf(last.metadata.name, last.metadata.namespace);
    const stored = this.objects.get(key);
    if (!stored || isNewer(stored.metadata.resourceVersion, last.metadata.resourceVersion)) return undefined;
    this.unindex(key, stored);
    this.objects.delete(key);
    return { kind: 'removed', live: stored };
  }

  /** Takes a whole list as read at `resourceVersion`; what we learned after that version stays. */
  replace(list: readonly Live[], resourceVersion: string): Change[] {
    const listed = new Set(list.map((live) => keyOf(live.metadata.name, live.metadata.namespace)));
    const changes = list.map((live) => this.put(live));
    for (const [key, stored] of this.objects) {
      if (listed.has(key) || isNewer(stored.metadata.resourceVersion, resourceVersion)) continue;
      changes.push(this.drop(stored));
    }
    return changes.filter((change) => change !== undefined);
  }

  /** Forgets everything, as after the server was restored from an older state. */
  clear(): void {
    this.objects.clear();
    this.byLabel.clear();
    this.byNamespace.clear();
  }

  private candidates(label: string | undefined, namespace: string | undefined): Iterable<string> {
    // Stacks of one name in many namespaces are the rule, many stacks in one namespace the exception.
    if (namespace !== undefined) return this.byNamespace.get(namespace) ?? [];
    return label === undefined ? this.objects.keys() : (this.byLabel.get(label) ?? []);
  }

  /** Every index with what this object stands under in it. */
  private *indices({ metadata }: Live): Iterable<[Map<string, Set<string>>, string]> {
    const label = metadata.labels?.[this.indexLabel];
    if (label !== undefined) yield [this.byLabel, label];
    if (metadata.namespace !== undefined) yield [this.byNamespace, metadata.namespace];
  }

  private unindex(key: string, live: Live): void {
    for (const [index, value] of this.indices(live)) {
      const keys = index.get(value);
      keys?.delete(key);
      if (keys?.size === 0) index.delete(value);
    }
  }
}
