import { datasourceUids as uids } from '../../dashboards/index.ts';

/** Base URLs of the stores this Grafana reads; one that is off has none, and nothing links to it. */
export interface Stores {
  readonly tempo?: string;
  readonly mimir?: string;
  readonly loki?: string;
}

/**
 * Grafana's datasource provisioning file, every signal linked to every other one that exists
 * (https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources).
 */
export function datasources(stores: Stores): object {
  return {
    apiVersion: 1,
    // A store that was turned off takes its datasource along.
    prune: true,
    datasources: [
      ...(stores.mimir === undefined ? [] : [mimirSource(stores.mimir, stores)]),
      ...(stores.tempo === undefined ? [] : [tempoSource(stores.tempo, stores)]),
      ...(stores.loki === undefined ? [] : [lokiSource(stores.loki, stores)]),
    ],
  };
}

function mimirSource(url: string, { tempo }: Stores): object {
  return {
    name: 'Mimir',
    type: 'prometheus',
    uid: uids.mimir,
    access: 'proxy',
    url: `${url}/prometheus`,
    isDefault: true,
    jsonData: {
      prometheusType: 'Mimir',
      httpMethod: 'POST',
      timeInterval: '15s',
      ...(tempo !== undefined && { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: uids.tempo }] }),
    },
  };
}

function tempoSource(url: string, { mimir, loki }: Stores): object {
  return {
    name: 'Tempo',
    type: 'tempo',
    uid: uids.tempo,
    access: 'proxy',
    url,
    jsonData: {
      search: { hide: false },
      nodeGraph: { enabled: true },
      traceQuery: { timeShiftEnabled: true, spanStartTimeShift: '-30m', spanEndTimeShift: '30m' },
      ...(mimir !== undefined && { serviceMap: { datasourceUid: uids.mimir }, tracesToMetrics: tracesToMetrics() }),
      ...(loki !== undefined && { tracesToLogsV2: tracesToLogs() }),
    },
  };
}

function lokiSource(url: string, { tempo }: Stores): object {
  return {
    name: 'Loki',
    type: 'loki',
    uid: uids.loki,
    access: 'proxy',
    url,
    jsonData: {
      ...(tempo !== undefined && {
        derivedFields: [
          // OTLP and pod logs carry the id as structured metadata, which Grafana matches as a label.
          {
            name: 'trace_id',
            matcherType: 'label',
            matcherRegex: 'trace_id',
            datasourceUid: uids.tempo,
            url: literal('${__value.raw}'),
            urlDisplayLabel: 'Open trace',
          },
        ],
      }),
    },
  };
}

function tracesToLogs(): object {
  return {
    datasourceUid: uids.loki,
    spanStartTimeShift: '-5m',
    spanEndTimeShift: '5m',
    tags: [{ key: 'service.name', value: 'service_name' }],
    customQuery: true,
    query: literal('{${__tags}} | trace_id = "${__trace.traceId}"'),
  };
}

function tracesToMetrics(): object {
  const tags = literal('$__tags');
  return {
    datasourceUid: uids.mimir,
    spanStartTimeShift: '-10m',
    spanEndTimeShift: '10m',
    tags: [{ key: 'service.name', value: 'service_name' }],
    queries: [
      { name: 'Requests per second', query: `sum by (span_name) (rate(traces_spanmetrics_calls_total{${tags}}[5m]))` },
      {
        name: 'Errors per second',
        query: `sum by (span_name) (rate(traces_spanmetrics_calls_total{${tags},status_code="STATUS_CODE_ERROR"}[5m]))`,
      },
      {
        name: '95th percentile',
        query: `histogram_quantile(0.95, sum by (span_name) (rate(traces_spanmetrics_duration_seconds{${tags}}[5m])))`,
      },
    ],
  };
}

/** Provisioning files replace `$name` from the environment; a doubled sign is a plain one. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
