import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

/** What a check found; tests that could not even start count as failed. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** Runs a command with its output shown; answers its exit code. The signal ends it. */
export async function run(command: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const end = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', end);
  return code ?? 1;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * Runs jest with these arguments and counts its tests. A file that does not load is one failure, and so is a jest that
 * dies without saying what it found. `inside` are words in front of the command, to run it somewhere else.
 */
export async function jest(args: readonly string[], inside: readonly string[], signal: AbortSignal): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ostack-jest-'));
  const output = join(folder, 'result.json');
  const program = join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
  const report = ['--json', `--outputFile=${output}`];
  const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  try {
    const command = [...inside, process.execPath, program, ...args, ...report];
    const code = await run(command, { NODE_OPTIONS: options }, signal);
    const result = JSON.parse(readFileSync(output, 'utf8')) as JestResult;
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return { passed: result.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
