/** What a guest says on its console, one line a check, and what is made of it. */

/** The outcome of one check in a guest. */
export interface Finding {
  readonly check: string;
  /** Differences from what was expected. */
  readonly wrong: number;
  readonly what: string;
  readonly seconds: number;
}

interface Run {
  /** Undefined: the machine stopped, or was stopped, without saying. */
  readonly exitCode: number | undefined;
  readonly console: string;
}

const mark = '@@FINDING ';

/** The line a guest prints. */
export function findingLine(finding: Finding): string {
  return `${mark}${JSON.stringify(finding)}`;
}

/** The findings of a console, each expected check once and in order; one that was not reported is wrong. */
export function findingsOf(run: Run, checks: readonly string[]): Finding[] {
  const lines = run.console.split('\n').filter((line) => line.startsWith(mark));
  const said = lines.map((line) => JSON.parse(line.slice(mark.length)) as Finding);
  const silent = (check: string): Finding => ({ check, wrong: 1, what: 'no report', seconds: 0 });
  const found = checks.map((check) => said.find((finding) => finding.check === check) ?? silent(check));
  if (run.exitCode === 0) return found;
  const what = run.exitCode === undefined ? 'stopped without an exit code' : `exit code ${run.exitCode}`;
  return [...found, { check: 'guest', wrong: 1, what, seconds: 0 }];
}

/** A finding in a word or two. */
export function resultText({ wrong }: Finding): string {
  return wrong > 0 ? `${wrong} WRONG` : 'right';
}

/** Rows of text under each other, the last column as long as it is. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(width(i))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
