import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, lines, number, row } from './panels.ts';

const tail = 'otelcol_processor_tail_sampling';
const decided = `${tail}_global_count_traces_sampled_total`;
const perSecond = (selector: string) => `sum(rate(${decided}${selector}[$__rate_interval]))`;

/** Alloy puts the name of the component before that of the policy. */
const byPolicy = `sum by (policy) (label_replace(rate(${tail}_count_traces_sampled_total{sampled="true"}[$__rate_interval]), "policy", "$1", "policy", ".*[.](.+)"))`;

/** What the samplers keep and drop, by which policy, and whether they can see whole traces. */
export function sampling(): DashboardBuilder {
  return dashboard('sampling', 'Sampling', 'Traces kept and dropped by the samplers, and why.')
    .withRow(row('Kept and dropped'))
    .withPanel(
      number({
        title: 'Share kept',
        description: 'Share of the decided traces that went on to the trace store.',
        unit: 'percentunit',
        width: 6,
        series: [{ expr: `${perSecond('{sampled="true"}')} / ${perSecond('')}`, legend: 'kept' }],
      }),
    )
    .withPanel(
      number({
        title: 'Traces seen',
        description: 'New traces per second, before any decision.',
        unit: 'cps',
        width: 6,
        series: [{ expr: `sum(rate(${tail}_new_trace_id_received_total[$__rate_interval]))`, legend: 'seen' }],
      }),
    )
    .withPanel(
      number({
        title: 'Traces waiting',
        description: 'Traces held in memory until their decision.',
        unit: 'short',
        width: 6,
        series: [{ expr: `sum(${tail}_sampling_traces_on_memory)`, legend: 'waiting' }],
      }),
    )
    .withPanel(
      number({
        title: 'Pushed out undecided',
        description:
          'Traces dropped before their decision because memory for traces ran out. Anything but zero loses errors.',
        unit: 'cps',
        width: 6,
        series: [
          { expr: `sum(rate(${tail}_sampling_trace_dropped_too_early_total[$__rate_interval]))`, legend: 'pushed out' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Decisions',
        description: 'Traces decided per second.',
        unit: 'cps',
        width: 12,
        series: [
          { expr: perSecond('{sampled="true"}'), legend: 'kept' },
          { expr: perSecond('{sampled="false"}'), legend: 'dropped' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Kept, by policy',
        description:
          'Traces per second each policy wanted to keep; a trace counts once for every policy that wanted it.',
        unit: 'cps',
        width: 12,
        series: [
          {
            expr: byPolicy,
            legend: '{{policy}}',
          },
        ],
      }),
    )
    .withRow(row('Volume'))
    .withPanel(
      lines({
        title: 'Spans in and out',
        description: 'Spans per second that reached the samplers and that left them for the trace store.',
        unit: 'cps',
        width: 12,
        series: [
          {
            expr: 'sum(rate(otelcol_receiver_accepted_spans_total{job="alloy-sampler"}[$__rate_interval]))',
            legend: 'in',
          },
          {
            expr: 'sum(rate(otelcol_exporter_sent_spans_total{job="alloy-sampler"}[$__rate_interval]))',
            legend: 'out',
          },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Errors while deciding',
        description: 'Policies that could not be evaluated, per second.',
        unit: 'cps',
        width: 12,
        series: [
          { expr: `sum(rate(${tail}_sampling_policy_evaluation_error_total[$__rate_interval]))`, legend: 'errors' },
        ],
      }),
    );
}
