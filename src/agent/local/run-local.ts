import { existsSync } from 'node:fs';
import type { Kernel } from '../bpf/contract.ts';
import type { Readiness } from '../health/index.ts';
import { startAgent, type AgentEnvironment } from '../start-agent.ts';
import { localConfig, wantedText, type LocalWish } from './local-config.ts';
import { LocalView } from './local-view.ts';
import type { Summary } from './summary.ts';
import { renderTable } from './table.ts';

/** Where the table goes. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface LocalRun extends LocalWish {
  /** Ends by itself after this; Infinity runs until the signal. */
  readonly durationMs: number;
  /** One JSON document at the end instead of a table. */
  readonly json: boolean;
}

const clearScreen = '\u001B[H\u001B[J';
const lookEveryMs = 1_000;
const plainEveryMs = 10_000;

/**
 * Runs the agent on this host and shows what it counts: a live table on a terminal, plain tables every ten seconds
 * elsewhere, and in any case the last state at the end. Rejects if the kernel cannot do it, or a process is not there.
 */
export async function runLocal(
  run: LocalRun,
  environment: AgentEnvironment,
  out: Terminal,
  signal: AbortSignal,
): Promise<Summary> {
  const { clock } = environment;
  const gone = run.pids.filter((pid) => !existsSync(`${environment.procRoot}/${pid}`));
  if (gone.length > 0) throw new Error(`there is no process ${gone.join(' and no ')}`);
  let kernel: Kernel | undefined;
  const opened = {
    ...environment,
    openKernel: (counting: (kernel: Kernel) => void) => (kernel = environment.openKernel(counting)),
  };
  const running = await startAgent(localConfig(run), opened);
  if (!running.agent || !kernel) throw new Error(refusal(running.readiness()));
  const view = new LocalView(running.agent, kernel, wantedText(run), run.otlp !== '', clock.now());
  const endMs = clock.now() + run.durationMs;
  let shownMs = clock.now();
  while (!signal.aborted && clock.now() < endMs) {
    await clock.sleep(Math.min(lookEveryMs, endMs - clock.now()), signal);
    if (run.json) continue;
    if (out.isTTY) out.write(clearScreen + table(view.look(clock.now()), out, out.rows ?? 24));
    else if (clock.now() - shownMs >= plainEveryMs) {
      shownMs = clock.now();
      out.write(`${table(view.look(shownMs), out)}\n\n`);
    }
  }
  kernel.poll();
  view.look(clock.now());
  await running.stop();
  const last = view.last();
  out.write(run.json ? `${JSON.stringify(last)}\n` : `${out.isTTY ? clearScreen : ''}${table(last, out)}\n`);
  return last;
}

function table(summary: Summary, { columns = 120 }: Terminal, rows = Number.POSITIVE_INFINITY): string {
  return renderTable(summary, columns, rows);
}

function refusal({ reason, message }: Readiness): string {
  const hint = reason === 'PermissionDenied' ? '; run this as root' : '';
  return `this host cannot be instrumented: ${message}${hint}`;
}
