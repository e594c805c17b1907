import { type AuditedRequest, writes } from './audit.ts';
import { operatorUser } from './operator-pods.ts';

/** What the operator asked of the API server, by what it is for. */
export interface Tally {
  readonly watches: number;
  readonly lists: number;
  /** Comparisons of a store with the server: lists that ask for no newer version than the watch has brought. */
  readonly audits: number;
  readonly writes: number;
  readonly leases: number;
  /** Anything else; a store that watches keep has no need of it. */
  readonly others: readonly string[];
}

type Sort = Exclude<keyof Tally, 'others'> | 'others';

/** Counts the operator's requests. */
export function tally(requests: readonly AuditedRequest[]): Tally {
  const sorted = Object.groupBy(
    requests.filter(({ user }) => user === operatorUser),
    sortOf,
  );
  const count = (sort: Sort): number => sorted[sort]?.length ?? 0;
  return {
    watches: count('watches'),
    lists: count('lists'),
    audits: count('audits'),
    writes: count('writes'),
    leases: count('leases'),
    others: (sorted.others ?? []).map(({ verb, uri }) => `${verb} ${uri}`),
  };
}

function sortOf(request: AuditedRequest): Sort {
  const { verb, resource, uri } = request;
  if (resource === 'leases') return 'leases';
  if (verb === 'watch') return 'watches';
  if (verb === 'list') return uri.includes('NotOlderThan') ? 'audits' : 'lists';
  return writes([request]).length > 0 ? 'writes' : 'others';
}
