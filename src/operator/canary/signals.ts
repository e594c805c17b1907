import { randomBytes } from 'node:crypto';
import { canaryService } from '../../pipeline/index.ts';
import type { Signal } from '../observation/observation.ts';

/** One canary: the same mark in three signals, unlike any before it. */
export interface Canary {
  /** 32 hexadecimal digits; also the mark of the log line. */
  readonly traceId: string;
  readonly spanId: string;
  /** Value of the metric: milliseconds since the epoch, so that each canary of a stack has another one. */
  readonly sequence: number;
}

export const canaryMetric = 'ostack_canary_sequence';

export function newCanary(now: number): Canary {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    sequence: Math.floor(now),
  };
}

/** The OTLP/HTTP JSON body of a signal, and the path it goes to. */
export function otlpOf(signal: Signal, canary: Canary): { readonly path: string; readonly body: object } {
  const timeUnixNano = `${canary.sequence}000000`;
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: canaryService } }] };
  const scope = { name: 'ostack-operator' };
  switch (signal) {
    case 'traces': {
      const { traceId, spanId } = canary;
      const times = { startTimeUnixNano: timeUnixNano, endTimeUnixNano: `${canary.sequence + 1}000000` };
      const spans = [{ traceId, spanId, name: 'canary', kind: 1, ...times }];
      return { path: '/v1/traces', body: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] } };
    }
    case 'metrics': {
      // One series whose value moves: an id in a label would be a new series every time.
      const dataPoints = [{ timeUnixNano, asDouble: canary.sequence }];
      const metrics = [{ name: canaryMetric, gauge: { dataPoints } }];
      return { path: '/v1/metrics', body: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] } };
    }
    case 'logs': {
      const body = { stringValue: `canary ${canary.traceId}` };
      const logRecords = [{ timeUnixNano, observedTimeUnixNano: timeUnixNano, severityNumber: 9, body }];
      return { path: '/v1/logs', body: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] } };
    }
  }
}
