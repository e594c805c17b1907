import { QueryVariableBuilder, type DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import { PanelBuilder as LogsPanel } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as NodeGraphPanel } from '@grafana/grafana-foundation-sdk/nodegraph';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { DataqueryBuilder as TempoQuery, SearchTableType } from '@grafana/grafana-foundation-sdk/tempo';
import { dashboard, lines, lokiSource, mimirSource, number, row, tempoSource } from './panels.ts';
import { quantile } from './quantile.ts';

const calls = 'traces_spanmetrics_calls_total';
const duration = 'traces_spanmetrics_duration_seconds';
/** What a service answers, not what it asks of others. */
const served = 'service_name=~"$service", span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';
const failed = `${served}, status_code="STATUS_CODE_ERROR"`;

const rate = (selector: string, by: string) => `sum by (${by}) (rate(${calls}{${selector}}[$__rate_interval]))`;
const errorShare = (by: string) => `(${rate(failed, by)} or 0 * ${rate(served, by)}) / ${rate(served, by)}`;

/** Rate, errors and duration of every service, and the way from a bad number to its traces and logs. */
export function services(): DashboardBuilder {
  return dashboard('services', 'Services', 'Requests, errors and durations, counted from every span before sampling.')
    .withVariable(serviceVariable())
    .withRow(row('All requests'))
    .withPanel(
      number({
        title: 'Requests',
        description: 'Requests answered per second.',
        unit: 'reqps',
        width: 6,
        series: [{ expr: `sum(rate(${calls}{${served}}[$__rate_interval]))`, legend: 'requests' }],
      }),
    )
    .withPanel(
      number({
        title: 'Errors',
        description: 'Share of the requests that failed.',
        unit: 'percentunit',
        width: 6,
        series: [
          {
            expr: `(sum(rate(${calls}{${failed}}[$__rate_interval])) or vector(0)) / sum(rate(${calls}{${served}}[$__rate_interval]))`,
            legend: 'errors',
          },
        ],
      }),
    )
    .withPanel(
      number({
        title: 'Median',
        description: 'Half of the requests are faster.',
        unit: 's',
        width: 6,
        series: [{ expr: quantile(0.5, duration, served, 'span_kind'), legend: '{{span_kind}}' }],
      }),
    )
    .withPanel(
      number({
        title: '95th percentile',
        description: 'One request in twenty is slower.',
        unit: 's',
        width: 6,
        series: [{ expr: quantile(0.95, duration, served, 'span_kind'), legend: '{{span_kind}}' }],
      }),
    )
    .withRow(row('By service'))
    .withPanel(
      lines({
        title: 'Requests by service',
        description: 'Requests answered per second.',
        unit: 'reqps',
        width: 8,
        series: [{ expr: rate(served, 'service_name'), legend: '{{service_name}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Errors by service',
        description: 'Share of the requests that failed.',
        unit: 'percentunit',
        width: 8,
        series: [{ expr: errorShare('service_name'), legend: '{{service_name}}' }],
      }),
    )
    .withPanel(
      lines({
        title: '95th percentile by service',
        description: 'One request in twenty is slower. The points are exemplars: each opens its trace.',
        unit: 's',
        width: 8,
        series: [{ expr: quantile(0.95, duration, served, 'service_name'), legend: '{{service_name}}' }],
      }),
    )
    .withRow(row('By operation'))
    .withPanel(
      lines({
        title: 'Requests by operation',
        description: 'The twenty busiest operations.',
        unit: 'reqps',
        width: 12,
        series: [
          { expr: `topk(20, ${rate(served, 'service_name, span_name')})`, legend: '{{service_name}} {{span_name}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Errors by operation',
        description: 'Failed requests per second.',
        unit: 'reqps',
        width: 12,
        series: [
          { expr: `topk(20, ${rate(failed, 'service_name, span_name')})`, legend: '{{service_name}} {{span_name}}' },
        ],
      }),
    )
    .withRow(row('Who calls whom'))
    .withPanel(serviceMap())
    .withPanel(
      lines({
        title: 'Failed calls',
        description: 'Calls between services that failed, per second.',
        unit: 'reqps',
        width: 12,
        series: [
          {
            expr: 'sum by (client, server) (rate(traces_service_graph_request_failed_total[$__rate_interval]))',
            legend: '{{client}} to {{server}}',
          },
        ],
      }),
    )
    .withRow(row('Traces and logs'))
    .withPanel(failedTraces())
    .withPanel(serviceLogs());
}

function serviceVariable(): QueryVariableBuilder {
  return new QueryVariableBuilder('service')
    .label('Service')
    .datasource(mimirSource)
    .query({ query: `label_values(${calls}, service_name)`, refId: 'service' })
    .includeAll(true)
    .allValue('.+')
    .multi(true)
    .refresh(2);
}

function serviceMap(): NodeGraphPanel {
  return new NodeGraphPanel()
    .title('Service map')
    .description('Every pair of services that called each other.')
    .datasource(tempoSource)
    .height(12)
    .span(12)
    .withTarget(new TempoQuery().refId('A').datasource(tempoSource).queryType('serviceMap').query(''));
}

function failedTraces(): TablePanel {
  return new TablePanel()
    .title('Failed traces')
    .description('Kept traces with an error in one of the chosen services.')
    .datasource(tempoSource)
    .height(10)
    .span(12)
    .withTarget(
      new TempoQuery()
        .refId('A')
        .datasource(tempoSource)
        .queryType('traceql')
        .tableType(SearchTableType.Traces)
        .limit(20)
        .query('{resource.service.name=~"$service" && status=error}'),
    );
}

function serviceLogs(): LogsPanel {
  return new LogsPanel()
    .title('Logs')
    .description('Latest lines of the chosen services; a line with a trace id opens its trace.')
    .datasource(lokiSource)
    .height(10)
    .span(12)
    .showTime(true)
    .enableLogDetails(true)
    .withTarget(new LokiQuery().refId('A').datasource(lokiSource).expr('{service_name=~"$service"}').maxLines(200));
}
