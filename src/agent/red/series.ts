import type { Endpoint, Method, OverflowRow, RedRow, Side } from '../bpf/contract.ts';
import type { Baselines } from './baselines.ts';
import { merge, noTotals, type Totals } from './totals.ts';

/** One series of the application metrics: everything in it is an attribute. */
export interface Series {
  readonly key: string;
  readonly service: number;
  readonly side: Side;
  /** `_OTHER` and empty route for what found no row (overflow). */
  readonly method: Method;
  readonly route: string;
  /** 0: no response. */
  readonly status: number;
  readonly port: number;
  /** Whom a client called; undefined on the server side. */
  readonly peer?: Endpoint;
  /** Over the limit, or without a row in the kernel: only the sums are known. */
  readonly overflow: boolean;
  readonly totals: Totals;
}

export interface SeriesSource {
  readonly rows: readonly RedRow[];
  readonly overflow: readonly OverflowRow[];
  readonly baselines: Baselines;
  readonly bucketCount: number;
  readonly routeOf: (hash: bigint) => string;
  /** Whether a series may exist; asked once for each key and reading. What may not is folded into one per service and side. */
  readonly admit: (key: string, service: number) => boolean;
}

/** Folds rows that differ in nothing a metric shows. The sum of all series is the sum of all rows. */
export function foldSeries(source: SeriesSource): Map<string, Series> {
  const { baselines, bucketCount } = source;
  const series = new Map<string, Series>();
  const add = (key: string, head: () => Omit<Series, 'key' | 'totals'>, totals: Totals): void => {
    let found = series.get(key);
    if (!found) series.set(key, (found = { key, ...head(), totals: noTotals(bucketCount) }));
    merge(found.totals, totals);
  };
  for (const row of source.rows) {
    const totals = baselines.since(row);
    if (totals.count === 0) continue;
    const route = source.routeOf(row.routeHash);
    const key = seriesKey(row, route);
    if (series.has(key) || source.admit(key, row.serviceId)) {
      const { serviceId: service, side, method, status, serverPort: port, peer } = row;
      const shown = side === 'client' ? { peer } : {};
      add(key, () => ({ service, side, method, status, port, route, overflow: false, ...shown }), totals);
    } else foldOverflow(row.serviceId, row.side, Math.floor(row.status / 100), totals, add);
  }
  for (const row of source.overflow) {
    const totals = baselines.since(row);
    if (totals.count > 0) foldOverflow(row.serviceId, row.side, row.statusClass, totals, add);
  }
  return series;
}

/** The key of the series an exchange is counted in. */
export function seriesKey(
  row: Pick<RedRow, 'serviceId' | 'side' | 'method' | 'status' | 'serverPort' | 'peer'>,
  route: string,
): string {
  const peer = row.side === 'client' ? row.peer.address : '';
  return `${row.serviceId} ${row.side} ${row.method} ${row.status} ${row.serverPort} ${peer} ${route}`;
}

function foldOverflow(
  service: number,
  side: Side,
  statusClass: number,
  totals: Totals,
  add: (key: string, head: () => Omit<Series, 'key' | 'totals'>, totals: Totals) => void,
): void {
  const status = statusClass * 100;
  add(
    `${service} ${side} overflow ${status}`,
    () => ({ service, side, method: '_OTHER', status, port: 0, route: '', overflow: true }),
    // Without buckets of its own an exchange must not be guessed into one.
    { ...totals, buckets: new Float64Array(0) },
  );
}
