import { bucketBoundsNs } from '../bpf/contract.ts';
import { hasFailed, type Series } from '../red/index.ts';
import { quantile } from './quantile.ts';

/** Durations in milliseconds, the rate per second over the time since the last view. */
interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly rate: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Spans made of them so far. */
  readonly kept: number;
}

interface Place {
  readonly service: string;
  readonly side: 'server' | 'client';
}

/** One side of a service: what it was asked, or what it asked others. */
export interface ServiceView extends Place, Figures {
  /** Share of the bytes on the service's sockets that was understood, 0 to 1; undefined before any. */
  readonly coverage: number | undefined;
}

/** One route of it. */
export interface RouteView extends Place, Figures {
  readonly method: string;
  readonly route: string;
  /** Requests by status; 0 is no response. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** What is counted at a moment, and what the names and spans of it are. */
export interface Reading {
  readonly series: readonly Series[];
  readonly nameOf: (service: number) => string;
  /** Spans made so far of the exchanges of a series. */
  readonly keptOf: (seriesKey: string) => number;
  /** By name of the service. */
  readonly coverageOf: (service: string) => number | undefined;
  /** `requestCounts` of the last view. */
  readonly before: ReadonlyMap<string, number>;
  /** Time since then. */
  readonly seconds: number;
}

const boundsMs = bucketBoundsNs.map((bound) => Number(bound) / 1e6);

/** One line per service and side, the busiest first. */
export function toServices(reading: Reading): ServiceView[] {
  return linesOf(reading, serviceKey, (first, figures) => {
    const service = reading.nameOf(first.service);
    return { service, side: first.side, ...figures, coverage: reading.coverageOf(service) };
  });
}

/** One line per service, side, method and route, the busiest first. */
export function toRoutes(reading: Reading): RouteView[] {
  return linesOf(reading, routeKey, (first, figures, own) => {
    const statuses: Record<string, number> = {};
    for (const { status, totals } of own) statuses[status] = (statuses[status] ?? 0) + totals.count;
    const route = first.overflow ? '(no room)' : first.route;
    const { side, method } = first;
    return { service: reading.nameOf(first.service), side, method, route, ...figures, statuses };
  });
}

/** Requests per line of either kind, to compute the rates of the next view. */
export function requestCounts({ series, nameOf }: Pick<Reading, 'series' | 'nameOf'>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of series)
    for (const key of [serviceKey(one, nameOf), routeKey(one, nameOf)])
      counts.set(key, (counts.get(key) ?? 0) + one.totals.count);
  return counts;
}

type Key = (one: Series, nameOf: Reading['nameOf']) => string;
const serviceKey: Key = (one, nameOf) => JSON.stringify([nameOf(one.service), one.side]);
const routeKey: Key = (one, nameOf) => JSON.stringify([nameOf(one.service), one.side, one.method, one.route]);

function linesOf<Line extends Place & Figures>(
  reading: Reading,
  keyOf: Key,
  toLine: (first: Series, figures: Figures, own: readonly Series[]) => Line,
): Line[] {
  return [...Map.groupBy(reading.series, (one) => keyOf(one, reading.nameOf))]
    .map(([key, own]) => toLine(own[0] as Series, figuresOf(own, reading.before.get(key) ?? 0, reading), own))
    .sort((a, b) => b.requests - a.requests || b.side.localeCompare(a.side));
}

function figuresOf(own: readonly Series[], before: number, { seconds, keptOf }: Reading): Figures {
  const buckets = new Float64Array(boundsMs.length + 1);
  let [requests, errors, kept] = [0, 0, 0];
  for (const { key, totals, status, side } of own) {
    requests += totals.count;
    if (hasFailed(side, status)) errors += totals.count;
    kept += keptOf(key);
    for (let i = 0; i < totals.buckets.length; i++) buckets[i] = (buckets[i] as number) + (totals.buckets[i] as number);
  }
  return {
    requests,
    errors,
    rate: seconds > 0 ? Math.max(0, requests - before) / seconds : 0,
    p50Ms: quantile(0.5, boundsMs, buckets),
    p95Ms: quantile(0.95, boundsMs, buckets),
    p99Ms: quantile(0.99, boundsMs, buckets),
    kept,
  };
}
