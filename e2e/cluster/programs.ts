import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Program, programs } from '../tools/programs.ts';
import { withLock } from './lock.ts';
import { cacheDirectory } from './place.ts';
import { type Progress, silent } from './progress.ts';

const tools = join(dirname(fileURLToPath(import.meta.url)), '..', 'tools');

function find(name: string): Program {
  const program = programs.find((candidate) => candidate.name === name);
  if (!program) throw new Error(`no program "${name}" in e2e/tools/programs.ts`);
  return program;
}

function pathOf(program: Program): string {
  return join(cacheDirectory(), 'bin', `${program.name}-${program.version}`);
}

/** Where the built program is, or will be once `buildPrograms` has run. */
export function programPath(name: string): string {
  return pathOf(find(name));
}

/** Programs of the list that are not built yet. */
export function missingPrograms(names: readonly string[] = programs.map((program) => program.name)): string[] {
  return names.filter((name) => !existsSync(programPath(name)));
}

/**
 * Builds the programs that are missing from the cache, one after another: each build uses every core already.
 * Two runs at once share the work, because each program is built under a lock and looked for again inside it.
 */
export async function buildPrograms(names: readonly string[], progress: Progress = silent): Promise<void> {
  const wanted = programs.filter((program) => names.includes(program.name) && !existsSync(pathOf(program)));
  for (const [index, program] of wanted.entries()) {
    const label = `${program.name} ${program.version} (${index + 1} of ${wanted.length})`;
    await withLock(
      join(cacheDirectory(), 'locks', program.name),
      () => build(program, label, progress),
      () => progress(`waiting for another run that builds ${program.name}`),
    );
  }
}

async function build(program: Program, label: string, progress: Progress): Promise<void> {
  if (existsSync(pathOf(program))) return;
  progress(`building ${label}`);
  const startMs = performance.now();
  const ticker = setInterval(
    () => progress(`still building ${program.name}, ${Math.round((performance.now() - startMs) / 60_000)} min`),
    60_000,
  );
  const scratch = mkdtempSync(join(tmpdir(), `ostack-${program.name}-`));
  try {
    // Go writes what it learns into go.mod and go.sum; the checkout must stay as it is.
    cpSync(join(tools, program.module), scratch, { recursive: true });
    mkdirSync(dirname(pathOf(program)), { recursive: true });
    const output = `${pathOf(program)}.${process.pid}.new`;
    const flags = ['-mod=mod', '-trimpath', '-tags', program.tags, '-ldflags', `-s -w ${program.ldflags}`];
    await execa('go', ['build', ...flags, '-o', output, program.package], {
      cwd: scratch,
      env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' },
      all: true,
    });
    renameSync(output, pathOf(program));
  } catch (error) {
    throw new Error(`${label} did not build: ${lastLines(error)}`, { cause: error });
  } finally {
    clearInterval(ticker);
    rmSync(scratch, { recursive: true, force: true });
  }
  progress(`built ${program.name} in ${Math.round((performance.now() - startMs) / 1000)} s`);
}

function lastLines(error: unknown): string {
  const all = (error as { all?: string }).all ?? String(error);
  return all.trimEnd().split('\n').slice(-12).join('\n');
}
