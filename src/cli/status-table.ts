import type { StackStatus } from '../api/index.ts';
import type { Live } from '../kube/index.ts';

/** A stack as the API server shows it. */
export type ShownStack = Pick<Live, 'metadata'> & { readonly status?: StackStatus };

/** What a person wants to know of a stack, in columns as wide as they need to be. */
export function statusTable({ metadata, status = {} }: ShownStack): string {
  const conditions = (status.conditions ?? []).map((c) => [c.type, c.status, c.reason, c.message]);
  const components = (status.components ?? []).map((c) => [
    c.name,
    `${c.ready}/${c.desired}`,
    `${c.updated}`,
    c.state,
    c.message,
  ]);
  const pipelines = (status.pipelines ?? []).map((p) => [p.signal, p.state, p.hop]);
  const behind = status.observedGeneration === metadata.generation ? '' : ' (the newest spec has not been seen yet)';
  return [
    `${metadata.namespace}/${metadata.name}${behind}\n`,
    columns(['CONDITION', 'STATUS', 'REASON', 'MESSAGE'], conditions),
    columns(['COMPONENT', 'READY', 'UPDATED', 'STATE', 'MESSAGE'], components),
    columns(['SIGNAL', 'STATE', 'LOST AT'], pipelines),
    columns(['ENDPOINT', 'URL'], Object.entries(status.endpoints ?? {})),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Rows below a header, indented by two; nothing without rows. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd();
  return all.map((row) => `${line(row)}\n`).join('');
}
