import { DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { datasourceUids } from './uids.ts';

/** Every panel names its datasource by uid. */
export const mimirSource = { type: 'prometheus', uid: datasourceUids.mimir };
export const tempoSource = { type: 'tempo', uid: datasourceUids.tempo };
export const lokiSource = { type: 'loki', uid: datasourceUids.loki };

/** A PromQL query and the text its series are called by. */
export interface Series {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** Width in columns of 24. */
  readonly width: number;
}

/** An empty dashboard with what all of ours have in common. */
export function dashboard(name: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(`ostack-${name}`)
    .description(description)
    .tags(['ostack'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .readonly();
}

export function row(title: string): RowBuilder {
  return new RowBuilder(title);
}

/** Lines over time. */
export function lines({ title, description, unit, series, width }: Panel): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(mimirSource)
    .height(8)
    .span(width)
    .min(0)
    .fillOpacity(8);
  return series.reduce((built, one, index) => built.withTarget(query(one, index)), panel);
}

/** One number, its present value. */
export function number({ title, description, unit, series, width }: Panel): StatBuilder {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(mimirSource)
    .height(4)
    .span(width);
  return series.reduce((built, one, index) => built.withTarget(query(one, index).instant()), panel);
}

export function query({ expr, legend }: Series, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(mimirSource)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(true);
}
