import type { RouteView } from './view.ts';

export interface Summary {
  readonly routes: readonly RouteView[];
  /** Processes followed at this moment. */
  readonly targets: number;
  /** Processes followed so far, those that have ended among them. */
  readonly followed: number;
  /** Spans kept so far, by verdict. */
  readonly kept: Readonly<Record<string, number>>;
  /** Share of the bytes on the targets' sockets that was understood, 0 to 1; undefined before any. */
  readonly coverage: number | undefined;
}

const heads = ['SERVICE', 'SIDE', 'METHOD', 'ROUTE', 'REQ/S', 'REQUESTS', 'ERRORS', 'P50', 'P95', 'P99'];
const rightFrom = 4;

/** The live table as plain text, cut to a width; no colours, so that it can be piped. */
export function renderTable(summary: Summary, width: number, height: number): string {
  const rows = summary.routes.slice(0, Math.max(1, height - 4)).map(cells);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] as string).length)));
  const spare = width - widths.reduce((sum, cell) => sum + cell + 2, -2);
  const route = heads.indexOf('ROUTE');
  if (spare < 0) widths[route] = Math.max(8, (widths[route] as number) + spare);
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => fit(cell, widths[at] as number, at))
      .join('  ')
      .trimEnd();
  return [headline(summary), '', line(heads), ...rows.map(line)].join('\n');
}

function cells(row: RouteView): string[] {
  return [
    row.service,
    row.side,
    row.method,
    row.route,
    row.rate >= 100 ? row.rate.toFixed(0) : row.rate.toFixed(1),
    String(row.requests),
    row.errors === 0 ? '0' : `${row.errors} (${((100 * row.errors) / row.requests).toFixed(1)} %)`,
    duration(row.p50Ms),
    duration(row.p95Ms),
    duration(row.p99Ms),
  ];
}

function headline({ routes, targets, followed, kept, coverage }: Summary): string {
  const spans = Object.entries(kept).filter(([, count]) => count > 0);
  const shown = spans.length === 0 ? 'none' : spans.map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const covered = coverage === undefined ? '-' : `${(100 * coverage).toFixed(1)} %`;
  const sum = (of: (row: RouteView) => number) => routes.reduce((total, row) => total + of(row), 0);
  const requests = `${sum((row) => row.requests)} requests, ${sum((row) => row.errors)} errors`;
  const processes = `${followed} ${followed === 1 ? 'process' : 'processes'} followed, ${targets} running`;
  return `${processes} · ${requests} · spans kept: ${shown} · coverage ${covered}`;
}

function duration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function fit(cell: string, width: number, at: number): string {
  if (cell.length > width) return `${cell.slice(0, width - 1)}…`;
  return at >= rightFrom ? cell.padStart(width) : cell.padEnd(width);
}
