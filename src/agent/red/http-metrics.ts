import type { Side } from '../bpf/contract.ts';
import { attributeField, type Attributes, type Exemplar, type Metric } from '../otlp/index.ts';
import { errorType, errorTypeOfClass } from './outcome.ts';
import type { Series } from './series.ts';

/** A series that is exported now, with what is not in its counts. */
export interface LiveSeries {
  readonly series: Series;
  /** When its totals began, milliseconds since the epoch. */
  readonly startMs: number;
  readonly exemplars: readonly Exemplar[];
}

/** Encodes attributes at most once for as long as they are in use. */
export type Encode = (key: string, field: number, attributes: () => Attributes) => Uint8Array;

/** Duration and body sizes of one service, https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export function httpMetrics(all: readonly LiveSeries[], boundsSeconds: readonly number[], encode: Encode): Metric[] {
  const sides: readonly Side[] = ['server', 'client'];
  const attributes = ({ series }: LiveSeries) =>
    encode(`http ${series.key}`, attributeField.histogram, () => httpAttributes(series));
  return sides.flatMap((side) => {
    const live = all.filter(({ series }) => series.side === side);
    if (live.length === 0) return [];
    return [
      durations(side, live, boundsSeconds, attributes),
      sizes(side, 'request', live, attributes),
      sizes(side, 'response', live, attributes),
    ];
  });
}

function httpAttributes(series: Series): Attributes {
  const { side, method, status, route, port, peer, overflow } = series;
  if (overflow) return { 'otel.metric.overflow': true, 'error.type': errorTypeOfClass(side, status) };
  return {
    'http.request.method': method,
    'http.response.status_code': status === 0 ? undefined : status,
    'http.route': side === 'server' ? route : undefined,
    'url.template': side === 'client' ? route : undefined,
    'url.scheme': 'http',
    'server.address': peer?.address,
    'server.port': port,
    'error.type': errorType(side, status),
  };
}

function durations(
  side: Side,
  live: readonly LiveSeries[],
  bounds: readonly number[],
  attributes: (live: LiveSeries) => Uint8Array,
): Metric {
  return {
    kind: 'histogram',
    name: `http.${side}.request.duration`,
    description: `Time from the first byte of a request to the first byte of its response, seen on the ${side}'s socket.`,
    unit: 's',
    points: live.map((one) => ({
      attributes: attributes(one),
      startMs: one.startMs,
      count: one.series.totals.count,
      sum: one.series.totals.sumNs / 1e9,
      bounds: one.series.overflow ? [] : bounds,
      buckets: one.series.overflow ? [one.series.totals.count] : one.series.totals.buckets,
      exemplars: one.exemplars,
    })),
  };
}

/** The kernel counts bytes, not their distribution: a histogram with one bucket says exactly that. */
function sizes(
  side: Side,
  what: 'request' | 'response',
  live: readonly LiveSeries[],
  attributes: (live: LiveSeries) => Uint8Array,
): Metric {
  return {
    kind: 'histogram',
    name: `http.${side}.${what}.body.size`,
    description: `Size of ${what} bodies; sum and count only.`,
    unit: 'By',
    points: live.map((one) => ({
      attributes: attributes(one),
      startMs: one.startMs,
      count: one.series.totals.count,
      sum: what === 'request' ? one.series.totals.requestBytes : one.series.totals.responseBytes,
      bounds: [],
      buckets: [one.series.totals.count],
      exemplars: [],
    })),
  };
}
