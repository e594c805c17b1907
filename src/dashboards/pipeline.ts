import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, lines, row, type Series } from './panels.ts';

const rate = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

function ofSignals(verb: 'accepted' | 'refused'): readonly Series[] {
  return ['spans', 'metric_points', 'log_records'].map((signal) => ({
    expr: rate(`otelcol_receiver_${verb}_${signal}_total`, 'job'),
    legend: `{{job}} ${signal.replace('_', ' ')}`,
  }));
}

/** Whether what comes in goes out: every hop between an application and the stores. */
export function pipeline(): DashboardBuilder {
  return dashboard('pipeline', 'Pipeline', 'What the collectors take in, hold and hand on.')
    .withRow(row('In'))
    .withPanel(
      lines({
        title: 'Accepted',
        description: 'Spans, metric points and log records taken in per second.',
        unit: 'cps',
        width: 12,
        series: ofSignals('accepted'),
      }),
    )
    .withPanel(
      lines({
        title: 'Refused',
        description: 'What a collector sent back, most often because its memory limit was reached. The sender retries.',
        unit: 'cps',
        width: 12,
        series: ofSignals('refused'),
      }),
    )
    .withRow(row('Traces out'))
    .withPanel(
      lines({
        title: 'Spans sent',
        description: 'Spans handed to the next hop per second.',
        unit: 'cps',
        width: 8,
        series: [
          { expr: rate('otelcol_exporter_sent_spans_total', 'job, component_id'), legend: '{{job}} {{component_id}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Spans lost',
        description: 'Spans given up after all retries, per second.',
        unit: 'cps',
        width: 8,
        series: [
          {
            expr: rate('otelcol_exporter_send_failed_spans_total', 'job, component_id'),
            legend: '{{job}} {{component_id}}',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Queues',
        description: 'How full each export queue is; a full one drops.',
        unit: 'percentunit',
        width: 8,
        series: [
          {
            expr: 'max by (job, component_id) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
            legend: '{{job}} {{component_id}}',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Samplers in rotation',
        description: 'Samplers each node routes to. None means that traces go nowhere.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'min(otelcol_loadbalancer_num_backends)', legend: 'fewest on any node' }],
      }),
    )
    .withRow(row('Metrics and logs out'))
    .withPanel(
      lines({
        title: 'Samples written',
        description: 'Samples sent to the metric store per second, and those given up or sent again.',
        unit: 'cps',
        width: 8,
        series: [
          { expr: rate('prometheus_remote_storage_samples_total', 'job'), legend: '{{job}} sent' },
          { expr: rate('prometheus_remote_storage_samples_failed_total', 'job'), legend: '{{job}} lost' },
          { expr: rate('prometheus_remote_storage_samples_retried_total', 'job'), legend: '{{job}} again' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Samples waiting',
        description: 'Samples not yet acknowledged by the metric store.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum by (job) (prometheus_remote_storage_samples_pending)', legend: '{{job}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Log lines written',
        description: 'Lines sent to the log store per second, and those dropped.',
        unit: 'cps',
        width: 8,
        series: [
          { expr: rate('loki_write_sent_entries_total', 'job'), legend: '{{job}} sent' },
          { expr: rate('loki_write_dropped_entries_total', 'job'), legend: '{{job}} dropped' },
        ],
      }),
    )
    .withRow(row('Collectors'))
    .withPanel(
      lines({
        title: 'Unhealthy parts',
        description: 'Parts of the collector configuration that do not work.',
        unit: 'short',
        width: 8,
        series: [
          {
            expr: 'sum by (job) (alloy_component_controller_running_components{health_type!="healthy"})',
            legend: '{{job}}',
          },
        ],
      }),
    );
}
