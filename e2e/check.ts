import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';

/** What a check found; tests that could not even start count as failed. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Of every failure its name and the first lines of what it said. */
  readonly failures: readonly string[];
}

/** How a command is run: what its lines begin with, its extra environment, what ends it. */
export interface Running {
  readonly label: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Runs a command with its output shown, each line behind the label; answers its exit code. The signal ends it and its children. */
export async function run(command: readonly string[], { label, env, signal }: Running): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  });
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => process.stdout.write(`${label} | ${line}\n`));
  }
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended by itself in this moment.
    }
  };
  signal.addEventListener('abort', end);
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', end);
  return code ?? 1;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * Runs jest with these arguments and counts its tests. A file that does not load is one failure, and so is a jest that
 * dies without saying what it found. `inside` are words in front of the command, to run it somewhere else.
 */
export async function jest(args: readonly string[], inside: readonly string[], running: Running): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ostack-jest-'));
  const output = join(folder, 'result.json');
  const program = join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
  const report = ['--json', `--outputFile=${output}`];
  const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  try {
    const command = [...inside, process.execPath, program, ...args, ...report];
    const code = await run(command, { ...running, env: { ...running.env, NODE_OPTIONS: options } });
    const result = JSON.parse(readFileSync(output, 'utf8')) as JestResult;
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    if (code !== 0 && failed === 0) return died(`${running.label}: jest ended with ${code}`);
    return { passed: result.numPassedTests, failed, failures: failuresIn(result) };
  } catch (error) {
    return died(`${running.label}: jest said nothing: ${String(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const died = (reason: string): Outcome => ({ passed: 0, failed: 1, failures: [reason] });

const shownLines = 12;
const clip = (text: string): string => text.split('\n').slice(0, shownLines).join('\n    ');

function failuresIn({ testResults }: JestResult): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0)
      return failed.map(({ fullName, failureMessages }) => `${fullName}\n    ${clip(failureMessages.join('\n'))}`);
    return assertionResults.length === 0 ? [`${name}\n    ${clip(message)}`] : [];
  });
}
