import { Gone } from './errors.ts';
import type { Live } from './resource.ts';
import type { Rest } from './rest.ts';

export interface Listed {
  readonly items: readonly Live[];
  /** The version the whole list was read at. */
  readonly resourceVersion: string;
}

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly Live[] | null;
}

const partial = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Reads a whole collection page by page; a page token that expired on the way starts it again, in one piece. */
export async function listAll(
  rest: Rest,
  path: string,
  select: { readonly labelSelector?: string; readonly fieldSelector?: string; readonly metadataOnly?: boolean },
  options: {
    readonly signal: AbortSignal;
    readonly pageSize?: number;
    readonly metadataOnly?: boolean;
    /** What to keep of each object, so that no more than a page is ever held whole. */
    readonly keep?: (live: Live) => Live;
    /** Take any version not older than this, from the server's watch cache; without it, the newest. */
    readonly notOlderThan?: string;
  },
): Promise<Listed> {
  const items: Live[] = [];
  let token: string | undefined;
  let pageSize = options.pageSize;
  for (;;) {
    try {
      const { body } = await rest.request('GET', path, {
        verb: 'list',
        signal: options.signal,
        timeoutMs: 60_000,
        ...((select.metadataOnly || options.metadataOnly) && { accept: partial }),
        query: {
          labelSelector: select.labelSelector,
          fieldSelector: select.fieldSelector,
          limit: pageSize,
          continue: token,
          ...(options.notOlderThan !== undefined &&
            token === undefined && {
              resourceVersion: options.notOlderThan,
              resourceVersionMatch: 'NotOlderThan',
            }),
        },
      });
      const page = body as ListBody;
      for (const item of page.items ?? []) items.push(options.keep?.(item) ?? item);
      token = page.metadata.continue || undefined;
      if (token === undefined) return { items, resourceVersion: page.metadata.resourceVersion };
    } catch (error) {
      if (!(error instanceof Gone) || token === undefined) throw error;
      items.length = 0;
      token = undefined;
      pageSize = undefined;
    }
  }
}
