/**
 * `make bench-agent`: what the agent costs those it follows, those it does not, and itself. In guests whose nanoseconds
 * are instructions, free of noise, then on this machine in pairs without and with it. Options: kernel lines of guests
 * (`6.12`, `6.1`) and `host`; all of them if none is given. Exit code 1 if a figure free of noise misses its aim.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { guestPackages, installPackages } from '../../cluster/packages.ts';
import { measureInGuest } from './guest-run.ts';
import { measureOnHost } from './host.ts';
import { buildPrograms, repository, type Programs } from './programs.ts';
import { guestRows, hostRows, tableOf, type Row } from './rows.ts';

/** The guests' kernels, and the tier each carries. */
const kernels = { '6.1': 'T2', '6.12': 'T1' } as const;
type KernelLine = keyof typeof kernels;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function ofGuest(line: KernelLine, programs: Programs, directory: string): Promise<readonly Row[]> {
  say(`guest ${line}`);
  const parts = ['cost', 'steady', 'live', 'exact'] as const;
  const small = await measureInGuest({ line, possibleCpus: 2, parts }, programs, directory);
  const wide = await measureInGuest({ line, possibleCpus: 64, parts: ['maps'] }, programs, directory);
  const rows = guestRows({ small, wide });
  console.log(`\n### Guest, Debian ${line} (${kernels[line]}), one processor, -icount shift=0: instructions\n`);
  console.log(tableOf(rows));
  return rows;
}

async function ofHost(programs: Programs, directory: string): Promise<void> {
  say('this machine');
  const probes = join(repository, 'bpf/built');
  const files = { program: join(programs.agent, 'agent.mjs'), probes, directory };
  const rows = hostRows(await measureOnHost(files, programs.traffic, say));
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`\n### Linux ${release()}, ${cpus().length} × ${cpu?.model}, ${memory} GB, other work beside\n`);
  console.log(tableOf(rows));
}

const asked = process.argv.slice(2);
const wants = (name: string): boolean => asked.length === 0 || asked.includes(name);
const directory = await mkdtemp(join(tmpdir(), 'bench-agent-'));
try {
  await installPackages(guestPackages, say);
  const programs = await buildPrograms(directory);
  const lines = (Object.keys(kernels) as KernelLine[]).filter(wants);
  const rows: Row[] = [];
  for (const line of lines) rows.push(...(await ofGuest(line, programs, directory)));
  if (wants('host')) await ofHost(programs, directory);
  console.log('\nBeyla: beyla/v2 2.6.5 (OBI 1.2.5), 2026-11-21, in the same guests by the same kinds of traffic.');
  process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
} finally {
  await rm(directory, { recursive: true });
}
