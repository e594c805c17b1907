import { parseExposition, type Sample } from './exposition.ts';

/** What one Alloy tells about the hops it is part of; counters since its start unless said otherwise. */
export interface NodeCounters {
  readonly acceptedSpans: number;
  readonly acceptedPoints: number;
  readonly acceptedLogs: number;
  readonly refused: number;
  /** Samplers it knows; a gauge. */
  readonly samplers: number;
  /** When the newest sample that Mimir took was made; seconds since the epoch. */
  readonly metricsSentUntil: number;
  readonly metricsFailed: number;
  readonly sentLogs: number;
  readonly failedLogs: number;
}

export interface SamplerCounters {
  readonly acceptedSpans: number;
  readonly refused: number;
  readonly sentSpans: number;
  readonly failedSpans: number;
}

type Read = (name: string, match?: Readonly<Record<string, string>>) => Sample[];

const refusals = ['spans', 'metric_points', 'log_records'].map((what) => `otelcol_receiver_refused_${what}_total`);
const names = new Set([
  'otelcol_receiver_accepted_spans_total',
  'otelcol_receiver_accepted_metric_points_total',
  'otelcol_receiver_accepted_log_records_total',
  ...refusals,
  'otelcol_exporter_sent_spans_total',
  'otelcol_exporter_send_failed_spans_total',
  'otelcol_exporter_sent_log_records_total',
  'otelcol_exporter_send_failed_log_records_total',
  'otelcol_loadbalancer_num_backends',
  'prometheus_remote_storage_queue_highest_sent_timestamp_seconds',
  'prometheus_remote_storage_samples_failed_total',
]);

/** Reads the metrics page of an alloy-node. `mimir` is the URL of Mimir, to tell its remote write from others. */
export function nodeCounters(text: string, mimir: string | undefined): NodeCounters {
  const read = reader(text);
  const toMimir = (name: string) =>
    read(name).filter((s) => mimir !== undefined && (s.labels['url'] ?? '').startsWith(mimir));
  const backends = read('otelcol_loadbalancer_num_backends');
  const loki = { component_id: 'otelcol.exporter.otlphttp.loki' };
  return {
    acceptedSpans: sum(read('otelcol_receiver_accepted_spans_total', internal)),
    acceptedPoints: sum(read('otelcol_receiver_accepted_metric_points_total', internal)),
    acceptedLogs: sum(read('otelcol_receiver_accepted_log_records_total', internal)),
    refused: sum(refusals.flatMap((name) => read(name, internal))),
    samplers: sum(backends),
    metricsSentUntil: Math.max(
      0,
      ...toMimir('prometheus_remote_storage_queue_highest_sent_timestamp_seconds').map((s) => s.value),
    ),
    metricsFailed: sum(toMimir('prometheus_remote_storage_samples_failed_total')),
    sentLogs: sum(read('otelcol_exporter_sent_log_records_total', loki)),
    failedLogs: sum(read('otelcol_exporter_send_failed_log_records_total', loki)),
  };
}

/** Reads the metrics page of an alloy-sampler. */
export function samplerCounters(text: string): SamplerCounters {
  const read = reader(text);
  const nodes = { component_id: 'otelcol.receiver.otlp.nodes' };
  const tempo = { component_id: 'otelcol.exporter.otlp.tempo' };
  return {
    acceptedSpans: sum(read('otelcol_receiver_accepted_spans_total', nodes)),
    refused: sum(refusals.flatMap((name) => read(name, nodes))),
    sentSpans: sum(read('otelcol_exporter_sent_spans_total', tempo)),
    failedSpans: sum(read('otelcol_exporter_send_failed_spans_total', tempo)),
  };
}

const internal = { component_id: 'otelcol.receiver.otlp.internal' };

function reader(text: string): Read {
  const samples = parseExposition(text, names);
  return (name, match = {}) =>
    samples.filter((s) => s.name === name && Object.entries(match).every(([key, value]) => s.labels[key] === value));
}

const sum = (samples: readonly Sample[]): number => samples.reduce((total, s) => total + s.value, 0);
