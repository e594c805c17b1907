import { ByteWriter } from './byte-writer.ts';

/** A kept span that shows where a histogram's value came from. `timeMs` since the epoch, `value` in the metric's unit. */
export interface Exemplar {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly timeMs: number;
  readonly value: number;
}

export interface SumPoint {
  /** Attributes encoded under `attributeField.number`. */
  readonly attributes: Uint8Array;
  readonly startMs: number;
  readonly value: number;
}

export interface HistogramPoint {
  /** Attributes encoded under `attributeField.histogram`. */
  readonly attributes: Uint8Array;
  readonly startMs: number;
  readonly count: number;
  readonly sum: number;
  /** Upper bounds, inclusive; empty where only count and sum are known. */
  readonly bounds: readonly number[];
  /** One more than the bounds; the last is what lies above them. */
  readonly buckets: ArrayLike<number>;
  readonly exemplars: readonly Exemplar[];
}

interface MetricHead {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}
export type Metric =
  | (MetricHead & { readonly kind: 'sum'; readonly points: readonly SumPoint[] })
  | (MetricHead & {
      readonly kind: 'histogram';
      readonly points: readonly HistogramPoint[];
    });

export interface ResourceMetrics {
  /** Attributes encoded under `attributeField.resource`. */
  readonly resource: Uint8Array;
  readonly metrics: readonly Metric[];
}

/** Over what the points are cumulative, but for where each began. */
interface Span {
  readonly timeMs: number;
  readonly startShiftMs: number;
}

const cumulative = 2;

/**
 * The body of `POST /v1/metrics` (ExportMetricsServiceRequest, opentelemetry-proto 1.x), all cumulative, at `timeMs`.
 * `startShiftMs` is added to the start of every point.
 */
export function encodeMetrics(
  groups: readonly ResourceMetrics[],
  scope: { name: string; version: string },
  timeMs: number,
  startShiftMs = 0,
): Buffer {
  const span: Span = { timeMs, startShiftMs };
  const writer = new ByteWriter(65_536);
  for (const group of groups) {
    writer.message(1, () => {
      writer.message(1, () => writer.raw(group.resource));
      writer.message(2, () => {
        writer.message(1, () => {
          writer.string(1, scope.name);
          writer.string(2, scope.version);
        });
        for (const metric of group.metrics) writer.message(2, () => writeMetric(writer, metric, span));
      });
    });
  }
  return writer.toBytes();
}

function writeMetric(writer: ByteWriter, metric: Metric, span: Span): void {
  writer.string(1, metric.name);
  writer.string(2, metric.description);
  writer.string(3, metric.unit);
  if (metric.kind === 'sum') {
    writer.message(7, () => {
      for (const point of metric.points) writer.message(1, () => writeSumPoint(writer, point, span));
      writer.uint(2, cumulative);
      writer.bool(3, true);
    });
  } else {
    writer.message(9, () => {
      for (const point of metric.points) {
        writer.message(1, () => writeHistogramPoint(writer, point, span));
      }
      writer.uint(2, cumulative);
    });
  }
}

function writeSumPoint(writer: ByteWriter, point: SumPoint, { timeMs, startShiftMs }: Span): void {
  writer.fixed64(2, nanoseconds(point.startMs + startShiftMs));
  writer.fixed64(3, nanoseconds(timeMs));
  writer.count(6, point.value);
  writer.raw(point.attributes);
}

function writeHistogramPoint(writer: ByteWriter, point: HistogramPoint, { timeMs, startShiftMs }: Span): void {
  writer.fixed64(2, nanoseconds(point.startMs + startShiftMs));
  writer.fixed64(3, nanoseconds(timeMs));
  writer.count(4, point.count);
  writer.double(5, point.sum);
  writer.packedCounts(6, point.buckets);
  writer.packedDoubles(7, point.bounds);
  for (const exemplar of point.exemplars) {
    writer.message(8, () => {
      writer.fixed64(2, nanoseconds(exemplar.timeMs));
      writer.double(3, exemplar.value);
      writer.bytes(4, exemplar.spanId);
      writer.bytes(5, exemplar.traceId);
    });
  }
  writer.raw(point.attributes);
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}
