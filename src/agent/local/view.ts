import { bucketBoundsNs } from '../bpf/contract.ts';
import type { Identity } from '../process/index.ts';
import { hasFailed, type Series } from '../red/index.ts';
import { quantile } from './quantile.ts';

/** One line of the local table. Durations in milliseconds, the rate per second over the time since the last view. */
export interface RouteView {
  readonly service: string;
  readonly side: 'server' | 'client';
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly errors: number;
  readonly rate: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Requests by status; 0 is no response. */
  readonly statuses: Readonly<Record<string, number>>;
}

const boundsMs = bucketBoundsNs.map((bound) => Number(bound) / 1e6);

/** Folds series into lines, one per service, side, method and route, the busiest first. */
export function toView(
  series: Iterable<Series>,
  identityOf: (service: number) => Identity | undefined,
  before: ReadonlyMap<string, number>,
  seconds: number,
): RouteView[] {
  const lines = Map.groupBy(series, (one) => lineKey(one, identityOf));
  return [...lines]
    .map(([key, own]) => toLine(own, identityOf, before.get(key) ?? 0, seconds))
    .sort((a, b) => b.requests - a.requests);
}

/** Requests per line, to compute the rates of the next view. */
export function requestCounts(
  series: Iterable<Series>,
  identityOf: (service: number) => Identity | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of series) {
    const key = lineKey(one, identityOf);
    counts.set(key, (counts.get(key) ?? 0) + one.totals.count);
  }
  return counts;
}

function lineKey(one: Series, identityOf: (service: number) => Identity | undefined): string {
  return `${identityOf(one.service)?.name ?? one.service} ${one.side} ${one.method} ${one.route}`;
}

function toLine(
  own: readonly Series[],
  identityOf: (service: number) => Identity | undefined,
  before: number,
  seconds: number,
): RouteView {
  const first = own[0] as Series;
  const buckets = new Float64Array(boundsMs.length + 1);
  const statuses: Record<string, number> = {};
  let requests = 0;
  let errors = 0;
  for (const { totals, status, side } of own) {
    requests += totals.count;
    if (hasFailed(side, status)) errors += totals.count;
    statuses[status] = (statuses[status] ?? 0) + totals.count;
    for (let i = 0; i < totals.buckets.length; i++) buckets[i] = (buckets[i] as number) + (totals.buckets[i] as number);
  }
  return {
    service: identityOf(first.service)?.name ?? String(first.service),
    side: first.side,
    method: first.method,
    route: first.overflow ? '(no room)' : first.route,
    requests,
    errors,
    rate: seconds > 0 ? Math.max(0, requests - before) / seconds : 0,
    p50Ms: quantile(0.5, boundsMs, buckets),
    p95Ms: quantile(0.95, boundsMs, buckets),
    p99Ms: quantile(0.99, boundsMs, buckets),
    statuses,
  };
}
