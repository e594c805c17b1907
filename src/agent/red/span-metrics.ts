import { attributeField, type Attributes, type Exemplar, type Metric } from '../otlp/index.ts';
import type { Identity } from '../process/index.ts';
import type { Encode, LiveSeries } from './http-metrics.ts';
import { hasFailed, spanName } from './outcome.ts';
import type { Series } from './series.ts';
import { merge, noTotals, type Totals } from './totals.ts';

/** The name under which those are called that are counted together. */
const aggregated = 'AGGREGATED';

interface SpanSeries {
  readonly key: string;
  readonly first: LiveSeries;
  readonly totals: Totals;
  readonly exemplars: Exemplar[];
}

/**
 * The same counts in the shape of span metrics, so that service dashboards need not know who counted:
 * `traces_spanmetrics_calls_total` and `traces_spanmetrics_duration_seconds` with the labels the collector uses.
 */
export function spanMetrics(
  identity: Identity,
  all: readonly LiveSeries[],
  boundsSeconds: readonly number[],
  encode: Encode,
): Metric[] {
  const points = foldSpans(all, boundsSeconds.length + 1);
  if (points.length === 0) return [];
  // What has no buckets would fall out of the histogram; it is in the calls.
  const timed = points.filter(({ first }) => !first.series.overflow);
  const attributes = ({ key, first }: SpanSeries, field: number) =>
    encode(`span ${field} ${identity.key} ${key}`, field, () => labels(identity, first.series));
  const calls: Metric = {
    kind: 'sum',
    name: 'traces.spanmetrics.calls',
    description: 'Requests, counted before any sampling.',
    unit: '',
    points: points.map((point) => ({
      attributes: attributes(point, attributeField.number),
      startMs: point.first.startMs,
      value: point.totals.count,
    })),
  };
  if (timed.length === 0) return [calls];
  const durations: Metric = {
    kind: 'histogram',
    name: 'traces.spanmetrics.duration',
    description: 'Durations of requests, counted before any sampling.',
    unit: 's',
    points: timed.map((point) => ({
      attributes: attributes(point, attributeField.histogram),
      startMs: point.first.startMs,
      count: point.totals.count,
      sum: point.totals.sumNs / 1e9,
      bounds: boundsSeconds,
      buckets: point.totals.buckets,
      exemplars: point.exemplars.slice(0, 2),
    })),
  };
  return [calls, durations];
}

function foldSpans(all: readonly LiveSeries[], buckets: number): SpanSeries[] {
  const bySpan = new Map<string, SpanSeries>();
  for (const live of all) {
    const { service, side, status } = live.series;
    const key = `${service} ${side} ${hasFailed(side, status)} ${nameOf(live.series)}`;
    let found = bySpan.get(key);
    if (!found) bySpan.set(key, (found = { key, first: live, totals: noTotals(buckets), exemplars: [] }));
    merge(found.totals, live.series.totals);
    found.exemplars.push(...live.exemplars);
  }
  return [...bySpan.values()];
}

function nameOf({ method, route, overflow }: Series): string {
  return overflow ? aggregated : spanName(method, route);
}

function labels(identity: Identity, series: Series): Attributes {
  const { side, route, status, overflow } = series;
  return {
    'service.name': identity.name,
    'service.namespace': identity.namespace || undefined,
    'span.name': nameOf(series),
    'span.kind': side === 'server' ? 'SPAN_KIND_SERVER' : 'SPAN_KIND_CLIENT',
    'status.code': hasFailed(side, status) ? 'STATUS_CODE_ERROR' : 'STATUS_CODE_UNSET',
    'http.route': overflow ? undefined : route,
  };
}
