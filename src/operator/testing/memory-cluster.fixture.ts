import type { Cluster, EventText, KubeObject, Live, Ref } from '../../kube/index.ts';
import { mergePatch, type Tree } from '../../lib/merge-patch.ts';

/** A cluster in memory for tests of whole passes: it takes every object as it is, and nothing happens by itself. */
export class MemoryCluster implements Cluster {
  readonly events: EventText[] = [];
  /** Requests that would have changed something, `verb kind name`. */
  readonly writes: string[] = [];
  private readonly objects = new Map<string, Live>();
  private version = 0;

  /** Stores an object as somebody else would have. */
  put(object: KubeObject): Live {
    this.version += 1;
    const uid = this.read(ref(object))?.metadata.uid ?? `uid-${this.version}`;
    const live = { ...object, metadata: { uid, ...object.metadata, resourceVersion: `${this.version}` } } as Live;
    this.objects.set(keyOf(ref(object)), live);
    return live;
  }

  read(of: Ref): Live | undefined {
    return this.objects.get(keyOf(of));
  }

  select(apiVersion: string, kind: string, labels: Readonly<Record<string, string>>, namespace?: string): Live[] {
    return [...this.objects.values()].filter(
      (live) =>
        live.apiVersion === apiVersion &&
        live.kind === kind &&
        (namespace === undefined || live.metadata.namespace === namespace) &&
        Object.entries(labels).every(([name, value]) => live.metadata.labels?.[name] === value),
    );
  }

  async apply(object: KubeObject): ReturnType<Cluster['apply']> {
    const created = this.read(ref(object)) === undefined;
    this.writes.push(`apply ${object.kind} ${object.metadata.name}`);
    return { kind: 'applied', live: this.put(object), created };
  }

  async remove(of: Ref): Promise<void> {
    if (this.objects.delete(keyOf(of))) this.writes.push(`delete ${of.kind} ${of.name}`);
  }

  async patchStatus(of: Ref, status: object): Promise<void> {
    await this.patchMeta(of, { status: null });
    await this.patchMeta(of, { status });
  }

  async patchMeta(of: Ref, patch: object): Promise<void> {
    this.writes.push(`patch ${of.kind} ${of.name}`);
    this.put(mergePatch(this.read(of)! as Tree, patch as Tree) as unknown as KubeObject);
  }

  async event(_about: Ref, event: EventText): Promise<void> {
    this.events.push(event);
  }

  async contentHash(): Promise<undefined> {
    return undefined;
  }

  synced(): boolean {
    return true;
  }

  staleSinceMs(): number {
    return 0;
  }
}

const ref = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Ref => {
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
};

const keyOf = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace ?? ''}/${name}`;
