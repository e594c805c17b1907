import { canaryService } from '../../pipeline/index.ts';
import type { Endpoints } from '../../stack/index.ts';
import type { Signal } from '../observation/observation.ts';
import { canaryMetric, type Canary } from './signals.ts';

/** Where a signal's canary is looked for, and how an answer tells that it is there. */
export interface Lookup {
  readonly url: string;
  isFound(status: number, body: string): boolean;
}

/** The lookup of a signal; undefined where the stack has no backend for it. */
export function lookupOf(signal: Signal, canary: Canary, endpoints: Endpoints): Lookup | undefined {
  const { tempo, mimir, loki } = endpoints;
  switch (signal) {
    case 'traces':
      return tempo === undefined
        ? undefined
        : {
            url: `${tempo}/api/traces/${canary.traceId}`,
            isFound: (status, body) => status === 200 && hasItems(body, 'batches'),
          };
    case 'metrics': {
      const query = encodeURIComponent(`${canaryMetric} == ${canary.sequence}`);
      return mimir === undefined
        ? undefined
        : {
            url: `${mimir}/prometheus/api/v1/query?query=${query}`,
            isFound: (status, body) => status === 200 && hasResult(body),
          };
    }
    case 'logs': {
      const query = encodeURIComponent(`{service_name="${canaryService}"} |= "${canary.traceId}"`);
      const start = `${canary.sequence - 60_000}000000`;
      return loki === undefined
        ? undefined
        : {
            url: `${loki}/loki/api/v1/query_range?query=${query}&start=${start}&limit=1`,
            isFound: (status, body) => status === 200 && hasResult(body),
          };
    }
  }
}

function hasResult(body: string): boolean {
  const data = parse(body)['data'];
  return typeof data === 'object' && data !== null && hasItems(JSON.stringify(data), 'result');
}

function hasItems(body: string, field: string): boolean {
  const items = parse(body)[field];
  return Array.isArray(items) && items.length > 0;
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A proxy in between answers with HTML: that is no canary.
    return {};
  }
}
