import type { Discovery } from './discovery.ts';
import { Conflict, Invalid, Taken } from './errors.ts';
import { type Lack, lacks, textOfPath } from './lacks.ts';
import { listAll } from './list.ts';
import { isForeign, ownersOf } from './owners.ts';
import { renderingHash, toRendering } from './rendering.ts';
import { repairPatch, withoutRenamed } from './repair.ts';
import { type KubeObject, type Live, type Ref, refOf, textOf } from './resource.ts';
import type { Rest } from './rest.ts';
import { fieldManager } from './slim.ts';

export type Applied =
  { readonly kind: 'unchanged' } | { readonly kind: 'applied'; readonly live: Live; readonly created: boolean };

/** Somebody else wrote fields that we render, and we put them back. */
export interface Contest {
  readonly ref: Ref;
  /** The fields, as `.spec.replicas`. */
  readonly fields: readonly string[];
  /** The field managers that own them now; empty where the server does not say (a removed field has no owner). */
  readonly managers: readonly string[];
}

export interface ApplyOptions {
  readonly rest: Rest;
  readonly discovery: Discovery;
  /** Throws if this process must not write now. */
  readonly admit: () => void;
  readonly onContest: (contest: Contest) => void;
  /** Resolves true when the object is gone, false when it is not after a while. */
  readonly gone: (live: Live) => Promise<boolean>;
}

// No object ever has it: revision 1 is that of an empty store. Applying with it makes what is not there, and is a conflict
// where something is, so that nothing of anybody else's can be taken over by mistake.
const versionOfNone = '1';
const takenFix = 'Rename the stack, or delete or rename that object.';

/** Makes live objects what was rendered, by strict server-side apply, and never by a write that would change nothing. */
export class Applier {
  private readonly options: ApplyOptions;
  // What the server made of a rendering where it did not take it word for word: asking again would not help.
  private readonly settled = new Map<string, { readonly uid: string; readonly lacking: string }>();
  // Live objects that were found to be what this rendering wants: the same two need no second look.
  private readonly same = new WeakMap<Live, string>();

  constructor(options: ApplyOptions) {
    this.options = options;
  }

  /**
   * `live` is what the store knows of it. Throws Conflict while the object is being deleted, Taken if one that is not ours
   * has its name, and as `Rest.request` does. With `unchangedSince`, a resource version, nothing is written over a later one:
   * that is a Conflict too.
   */
  async apply(object: KubeObject, live: Live | undefined, unchangedSince?: string): Promise<Applied> {
    const rendered = toRendering(object);
    if (live === undefined) return this.create(object, rendered);
    if (live.metadata.deletionTimestamp !== undefined)
      throw new Conflict(`${textOf(refOf(live))} is being deleted`, 409, 'It is applied again once it is gone.');
    const wanted = renderingHash(rendered);
    if (this.same.get(live) === wanted) return { kind: 'unchanged' };
    const lacking = lacks(live, rendered);
    if (lacking.length === 0 || this.isSettled(live, lacking)) {
      this.same.set(live, wanted);
      return { kind: 'unchanged' };
    }
    this.reportContest(live, lacking);
    return this.write(rendered, live, lacking, atVersion(rendered, unchangedSince));
  }

  /** What applying would make of an object, without doing it. Throws as `Rest.request` does. */
  async dryRun(object: KubeObject): Promise<Live> {
    const path = await this.options.discovery.pathOf(refOf(object));
    return (await this.send(path, toRendering(object), { dryRun: 'All' })).live;
  }

  /** Forgets what is known of an object that is gone. */
  forget(live: Live): void {
    this.settled.delete(textOf(refOf(live)));
  }

  /** The store holds only what carries our label: what is not in it may be there all the same. */
  private async create(object: KubeObject, rendered: KubeObject): Promise<Applied> {
    try {
      return await this.write(rendered, undefined, [], atVersion(rendered, versionOfNone));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const standing = await this.find(refOf(rendered));
      if (standing === undefined) return this.write(rendered, undefined, []);
      if (isForeign(standing, rendered))
        throw new Taken(`${textOf(refOf(rendered))} exists and belongs to somebody else`, 409, takenFix);
      return this.apply(object, standing);
    }
  }

  /** Asks for one object by a list, which needs no right beyond those a watch needs. */
  private async find({ apiVersion, kind, name, namespace }: Ref): Promise<Live | undefined> {
    const path = await this.options.discovery.collectionOf(apiVersion, kind, namespace);
    const selector = { fieldSelector: `metadata.name=${name}` };
    const { items } = await listAll(this.options.rest, path, selector, { signal: AbortSignal.timeout(30_000) });
    return items[0] && { ...items[0], apiVersion, kind };
  }

  private async write(
    rendered: KubeObject,
    live: Live | undefined,
    lacking: readonly Lack[],
    body = rendered,
  ): Promise<Applied> {
    const path = await this.options.discovery.pathOf(refOf(rendered));
    let sent = await this.send(path, body, {}).catch((error: unknown) => {
      if (!(error instanceof Invalid) || live === undefined) throw error;
      return error.immutable
        ? this.recreate(path, rendered, live, error)
        : this.overrule(path, rendered, live, lacking, error);
    });
    const removal = withoutRenamed(sent.live, lacking);
    if (removal !== undefined) sent = { ...sent, live: await this.merge(path, removal) };
    const still = lacks(sent.live, rendered);
    const key = textOf(refOf(rendered));
    if (still.length === 0) this.settled.delete(key);
    else this.settled.set(key, { uid: sent.live.metadata.uid, lacking: describe(still) });
    return { kind: 'applied', ...sent };
  }

  private async send(
    path: string,
    rendered: KubeObject,
    query: { readonly dryRun?: 'All' },
  ): Promise<{ live: Live; created: boolean }> {
    const { status, body } = await this.options.rest.request('PATCH', path, {
      query: { fieldManager, force: true, fieldValidation: 'Strict', ...query },
      contentType: 'application/apply-patch+yaml',
      body: rendered,
      ...(query.dryRun === undefined && { admit: this.options.admit }),
    });
    return { live: body as Live, created: status === 201 };
  }

  /** Another manager's items stand beside ours and the sum is refused: theirs go first. */
  private async overrule(
    path: string,
    rendered: KubeObject,
    live: Live,
    lacking: readonly Lack[],
    refusal: Invalid,
  ): Promise<{ live: Live; created: boolean }> {
    const patch = repairPatch(live, rendered, lacking);
    if (Object.keys(patch).length === 0) throw refusal;
    await this.merge(path, patch);
    const sent = await this.send(path, rendered, {});
    // The merge made us a second owner, who would hold on to fields we stop rendering.
    const { managedFields = [], resourceVersion } = sent.live.metadata;
    const single = managedFields.filter((entry) => entry.manager !== fieldManager || entry.operation === 'Apply');
    return { ...sent, live: await this.merge(path, { metadata: { managedFields: single, resourceVersion } }) };
  }

  private async merge(path: string, patch: object): Promise<Live> {
    const { rest, admit } = this.options;
    const query = { fieldManager, fieldValidation: 'Strict' };
    const contentType = 'application/merge-patch+json';
    return (await rest.request('PATCH', path, { query, contentType, body: patch, admit })).body as Live;
  }

  /**
   * A field that cannot change: the object is made anew. The pods of a StatefulSet stay and are adopted by the new one,
   * and its volumes belong to no one who is deleted; everything else holds nothing that would be lost.
   */
  private async recreate(
    path: string,
    rendered: KubeObject,
    live: Live,
    refusal: Invalid,
  ): Promise<{ live: Live; created: boolean }> {
    const { rest, admit, gone } = this.options;
    // What would be refused as a new object too must not cost us the one that runs.
    await this.tryAnew(rendered).catch((error: unknown) => {
      throw error instanceof Invalid ? refusal : error;
    });
    const propagationPolicy = live.kind === 'StatefulSet' ? 'Orphan' : 'Background';
    const body = { propagationPolicy, preconditions: { uid: live.metadata.uid } };
    await rest.request('DELETE', path, { body, admit });
    if (!(await gone(live)))
      throw new Conflict(`${textOf(refOf(live))} is not gone yet`, 409, 'It is applied again once it is gone.');
    return this.send(path, rendered, {});
  }

  private async tryAnew(rendered: KubeObject): Promise<void> {
    const name = `${rendered.metadata.name.slice(0, 40)}-ostack-check`;
    await this.dryRun({ ...rendered, metadata: { ...rendered.metadata, name } });
  }

  private isSettled(live: Live, lacking: readonly Lack[]): boolean {
    const known = this.settled.get(textOf(refOf(live)));
    return known !== undefined && known.uid === live.metadata.uid && known.lacking === describe(lacking);
  }

  private reportContest(live: Live, lacking: readonly Lack[]): void {
    // A rendering of ours that differs is no contest: the annotation is the first to lack.
    const ours = lacking.some(({ path }) => path.at(-1) === 'ostack.io/rendering');
    if (ours) return;
    const managers = [...new Set(lacking.flatMap(({ path }) => ownersOf(live, path)))];
    this.options.onContest({ ref: refOf(live), fields: lacking.map(({ path }) => textOfPath(path)), managers });
  }
}

function describe(lacking: readonly Lack[]): string {
  return JSON.stringify(lacking.map(({ path, live }) => [textOfPath(path), live ?? null]));
}

/** As it is sent where it may only be written over this version. */
function atVersion(rendered: KubeObject, resourceVersion: string | undefined): KubeObject {
  return resourceVersion === undefined
    ? rendered
    : { ...rendered, metadata: { ...rendered.metadata, resourceVersion } };
}
