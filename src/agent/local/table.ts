import { headlines, percent } from './headline.ts';
import type { Summary } from './summary.ts';
import type { RouteView, ServiceView } from './view.ts';

const heads = ['SERVICE AND ROUTE', 'REQ/S', 'REQUESTS', 'ERRORS', 'P50', 'P95', 'P99', 'KEPT', 'COVERED'];
const roomyFrom = 100;
const leastName = 12;

/** The live table as plain text, no line wider than `width`, fewer lines than `height`; no colours, so that it can be piped. */
export function renderTable(summary: Summary, width: number, height: number): string {
  const roomy = width >= roomyFrom;
  const above = [...headlines(summary, width), ''];
  const rows = rowsOf(summary, roomy);
  const shown = within(rows, height - above.length - 2);
  const gap = roomy ? '  ' : ' ';
  const widths = heads.map((head, at) => Math.max(head.length, ...shown.map((row) => (row[at] ?? '').length)));
  const others = widths.slice(1).reduce((sum, cell) => sum + cell + gap.length, 0);
  widths[0] = Math.max(leastName, Math.min(widths[0] as number, width - others));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === 0 ? fit(cell, widths[0] as number) : cell.padStart(widths[at] as number)))
      .join(gap)
      .trimEnd();
  const left = rows.length - shown.length;
  return [...above, line(heads), ...shown.map(line), ...(left > 0 ? [`… ${left} more`] : [])].join('\n');
}

/** Each service and, under it, its routes. */
function rowsOf({ services, routes }: Summary, roomy: boolean): string[][] {
  return services.flatMap((service) => [
    [`${service.service} ${service.side}`, ...figures(service, roomy), percent(service.coverage)],
    ...routes
      .filter(({ service: name, side }) => name === service.service && side === service.side)
      .map((route) => [`  ${route.method} ${route.route}`, ...figures(route, roomy), '']),
  ]);
}

/** As many rows as there is room for; if not all, one less, to say so. */
function within(rows: readonly string[][], room: number): readonly string[][] {
  return rows.length <= room ? rows : rows.slice(0, Math.max(1, room - 1));
}

function figures(row: ServiceView | RouteView, roomy: boolean): string[] {
  const share = percent(row.errors / row.requests);
  const errors = row.errors === 0 ? '0' : roomy ? `${row.errors} (${share})` : share;
  return [
    row.rate >= 100 ? row.rate.toFixed(0) : row.rate.toFixed(1),
    String(row.requests),
    errors,
    ...[row.p50Ms, row.p95Ms, row.p99Ms].map(duration),
    String(row.kept),
  ];
}

function duration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function fit(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);
}
