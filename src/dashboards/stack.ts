import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, lines, row } from './panels.ts';

const perSecond = (metric: string) => `sum(rate(${metric}[$__rate_interval]))`;
const refused = (metric: string) => `sum by (reason) (rate(${metric}[$__rate_interval]))`;

/** The programs of the stack: are they up, what do they use, what do they take in and refuse. */
export function stack(): DashboardBuilder {
  return dashboard('stack', 'Stack', 'The programs of the stack and what they use.')
    .withRow(row('Programs'))
    .withPanel(
      lines({
        title: 'Up',
        description: 'Programs that answer, by component.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum by (job) (up)', legend: '{{job}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Memory',
        description: 'Resident memory.',
        unit: 'bytes',
        width: 8,
        series: [{ expr: 'sum by (job) (process_resident_memory_bytes)', legend: '{{job}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'CPU',
        description: 'Cores in use.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum by (job) (rate(process_cpu_seconds_total[$__rate_interval]))', legend: '{{job}}' }],
      }),
    )
    .withRow(row('Agents'))
    .withPanel(
      lines({
        title: 'Processes followed',
        description: 'Processes whose requests are counted in the kernel, by node.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum by (node) (ostack_agent_targets)', legend: '{{node}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Bytes not understood',
        description: 'Share of the bytes of followed processes that no parser could read, by service.',
        unit: 'percentunit',
        width: 8,
        series: [
          {
            expr: 'sum by (service) (rate(ostack_agent_socket_bytes_total{state=~"blind|unknown"}[$__rate_interval])) / sum by (service) (rate(ostack_agent_socket_bytes_total[$__rate_interval]))',
            legend: '{{service}}',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Self-protection',
        description: 'Step an agent has taken to stay within its budget: 0 is none, higher ones keep fewer spans.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'max by (node) (ostack_agent_protection_step)', legend: '{{node}}' }],
      }),
    )
    .withRow(row('Tempo'))
    .withPanel(
      lines({
        title: 'Spans stored',
        description: 'Spans taken in per second.',
        unit: 'cps',
        width: 8,
        series: [{ expr: perSecond('tempo_distributor_spans_received_total'), legend: 'spans' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Traces being written',
        description: 'Traces not yet cut into a block.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum(tempo_ingester_live_traces)', legend: 'traces' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Spans refused',
        description: 'Spans turned away, by reason.',
        unit: 'cps',
        width: 8,
        series: [{ expr: refused('tempo_discarded_spans_total'), legend: '{{reason}}' }],
      }),
    )
    .withRow(row('Mimir'))
    .withPanel(
      lines({
        title: 'Samples stored',
        description: 'Samples taken in per second.',
        unit: 'cps',
        width: 8,
        series: [{ expr: perSecond('cortex_distributor_received_samples_total'), legend: 'samples' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Series',
        description: 'Active series, bounded by spec.metrics.maxSeries.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum(cortex_ingester_memory_series)', legend: 'series' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Samples refused',
        description: 'Samples turned away, by reason.',
        unit: 'cps',
        width: 8,
        series: [{ expr: refused('cortex_discarded_samples_total'), legend: '{{reason}}' }],
      }),
    )
    .withRow(row('Loki'))
    .withPanel(
      lines({
        title: 'Lines stored',
        description: 'Log lines taken in per second.',
        unit: 'cps',
        width: 8,
        series: [{ expr: perSecond('loki_distributor_lines_received_total'), legend: 'lines' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Streams',
        description: 'Active streams.',
        unit: 'short',
        width: 8,
        series: [{ expr: 'sum(loki_ingester_memory_streams)', legend: 'streams' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Lines refused',
        description: 'Lines turned away, by reason.',
        unit: 'cps',
        width: 8,
        series: [{ expr: refused('loki_discarded_samples_total'), legend: '{{reason}}' }],
      }),
    );
}
