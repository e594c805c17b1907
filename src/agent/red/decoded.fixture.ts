import { encodeMetrics, type ResourceMetrics } from '../otlp/index.ts';
import { decodeMessage } from '../otlp/opentelemetry.fixture.ts';

export interface Point {
  readonly count?: string;
  readonly asInt?: string;
  readonly startTimeUnixNano: string;
  readonly attributes?: readonly { key: string; value: object }[];
  readonly exemplars?: readonly object[];
  readonly explicitBounds?: readonly number[];
}

/** The points of a metric as a receiver decodes them. */
export function pointsOf(groups: readonly ResourceMetrics[], metric: string, timeMs: number): Point[] {
  const decoded = decodeMessage('MetricsRequest', encodeMetrics(groups, { name: 'a', version: '1' }, timeMs)) as {
    resourceMetrics?: {
      scopeMetrics: {
        metrics?: { name: string; histogram?: { dataPoints: Point[] }; sum?: { dataPoints: Point[] } }[];
      }[];
    }[];
  };
  return (decoded.resourceMetrics ?? [])
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics ?? []))
    .filter(({ name }) => name === metric)
    .flatMap(({ histogram, sum }) => (histogram ?? sum)?.dataPoints ?? []);
}

/** The value of an attribute. */
export function shown(point: Point | undefined, key: string): unknown {
  return Object.values(point?.attributes?.find((one) => one.key === key)?.value ?? {})[0];
}
