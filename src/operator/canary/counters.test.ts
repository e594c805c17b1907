import { expect, test } from '@jest/globals';
import { nodeCounters, samplerCounters } from './counters.ts';
import { difference } from './difference.ts';

const page = `# HELP otelcol_receiver_accepted_spans_total Number of spans successfully pushed into the pipeline.
# TYPE otelcol_receiver_accepted_spans_total counter
otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.internal",component_path="/",transport="http"} 7
otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.applications",component_path="/",transport="grpc"} 900
otelcol_receiver_accepted_metric_points_total{component_id="otelcol.receiver.otlp.internal"} 1e+01
otelcol_loadbalancer_num_backends{component_id="otelcol.exporter.loadbalancing.samplers",resolver="dns"} 3
prometheus_remote_storage_queue_highest_sent_timestamp_seconds{component_id="prometheus.remote_write.metrics",url="http://demo-mimir.x.svc:8080/api/v1/push"} 1.7e+09
prometheus_remote_storage_queue_highest_sent_timestamp_seconds{component_id="prometheus.remote_write.metrics",url="https://elsewhere/push"} 1.8e+09
otelcol_exporter_sent_log_records_total{component_id="otelcol.exporter.otlphttp.loki"} 42
otelcol_exporter_sent_spans_total{component_id="otelcol.exporter.otlp.tempo"} 5
otelcol_receiver_accepted_spans_total{component_id="otelcol.receiver.otlp.nodes"} 6
odd_label{text="a \\"quoted\\" brace }"} 1
`;

test('a metrics page is read by component: other traffic and other targets do not count', () => {
  expect(nodeCounters(page, 'http://demo-mimir.x.svc:8080')).toEqual({
    acceptedSpans: 7,
    acceptedPoints: 10,
    acceptedLogs: 0,
    refused: 0,
    samplers: 3,
    metricsSentUntil: 1_700_000_000,
    metricsFailed: 0,
    sentLogs: 42,
    failedLogs: 0,
  });
  expect(samplerCounters(page)).toEqual({ acceptedSpans: 6, refused: 0, sentSpans: 5, failedSpans: 0 });
});

const sampler = (acceptedSpans: number) => ({ acceptedSpans, refused: 0, sentSpans: 0, failedSpans: 0 });

test('differences are summed over pods; a restarted pod counts from zero, a vanished one not at all', () => {
  const before = new Map([
    ['a', sampler(10)],
    ['b', sampler(50)],
    ['gone', sampler(99)],
  ]);
  const after = new Map([
    ['a', sampler(13)],
    ['b', sampler(2)],
    ['new', sampler(1)],
  ]);
  expect(difference(before, after)).toEqual(sampler(3 + 2 + 1));
  expect(difference(before, new Map())).toBeUndefined();
});

test('the number of samplers is taken as it is, not as it changed', () => {
  const reading = nodeCounters(page, undefined);
  expect(difference(new Map([['a', reading]]), new Map([['a', reading]]))).toMatchObject({
    samplers: 3,
    acceptedSpans: 0,
  });
});
