import { NotFound } from './errors.ts';
import type { Ref } from './resource.ts';
import type { Rest } from './rest.ts';

/** How a kind is addressed. */
export interface Address {
  readonly plural: string;
  readonly namespaced: boolean;
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Which path a kind lives at; asked of the server once for each group and version, and again when a kind is not found. */
export class Discovery {
  private readonly rest: Pick<Rest, 'request'>;
  private readonly known = new Map<string, Promise<ReadonlyMap<string, Address>>>();

  constructor(rest: Pick<Rest, 'request'>) {
    this.rest = rest;
  }

  /** Plural name and scope of a kind. Throws NotFound if the server does not serve it. */
  async addressOf(apiVersion: string, kind: string): Promise<Address> {
    const cached = (await this.list(apiVersion)).get(kind);
    if (cached !== undefined) return cached;
    this.known.delete(apiVersion);
    const fresh = (await this.list(apiVersion)).get(kind);
    if (fresh === undefined)
      throw new NotFound(
        `${apiVersion} has no kind ${kind}`,
        404,
        'Install the CRD, or use a cluster that serves this API version.',
      );
    return fresh;
  }

  /** The path of an object, or of its subresource. */
  async pathOf(ref: Ref, subresource?: string): Promise<string> {
    const { plural, namespaced } = await this.addressOf(ref.apiVersion, ref.kind);
    if (namespaced && ref.namespace === undefined) throw new Error(`${ref.kind} ${ref.name} needs a namespace`);
    const inNamespace = namespaced ? `/namespaces/${ref.namespace}` : '';
    const below = subresource === undefined ? '' : `/${subresource}`;
    return `${rootOf(ref.apiVersion)}${inNamespace}/${plural}/${encodeURIComponent(ref.name)}${below}`;
  }

  /** The path of a collection, over all namespaces or in one. */
  async collectionOf(apiVersion: string, kind: string, namespace?: string): Promise<string> {
    const { plural, namespaced } = await this.addressOf(apiVersion, kind);
    return `${rootOf(apiVersion)}${namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''}/${plural}`;
  }

  private list(apiVersion: string): Promise<ReadonlyMap<string, Address>> {
    const asked = this.known.get(apiVersion);
    if (asked !== undefined) return asked;
    const answer = this.ask(apiVersion);
    this.known.set(apiVersion, answer);
    // A failure is not an answer to remember.
    answer.catch(() => this.known.delete(apiVersion));
    return answer;
  }

  private async ask(apiVersion: string): Promise<ReadonlyMap<string, Address>> {
    const { resources } = (await this.rest.request('GET', rootOf(apiVersion))).body as ResourceList;
    const whole = (resources ?? []).filter((resource) => !resource.name.includes('/'));
    return new Map(whole.map(({ kind, name, namespaced }) => [kind, { plural: name, namespaced }]));
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
