/**
 * `make bench-agent`: what the agent costs those it follows, those it does not, and itself. In guests whose nanoseconds
 * are instructions, free of noise, then on this machine in pairs without and with it. Options: kernel lines of guests
 * (`6.12`, `6.1`), parts of them (`cost`, `steady`, `live`, `exact`, `maps`) and `host`; all if none is given. Exit code 1
 * if a figure free of noise misses its aim.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { guestPackages, installPackages } from '../../cluster/packages.ts';
import type { GuestPart } from './guest-figure.ts';
import { measureInGuest } from './guest-run.ts';
import { measureOnHost } from './host.ts';
import { buildPrograms, repository, type Programs } from './programs.ts';
import { guestRows, hostRows, tableOf, type Row } from './rows.ts';

/** The guests' kernels, and the tier each carries. */
const kernels = { '6.1': 'T2', '6.12': 'T1' } as const;
type KernelLine = keyof typeof kernels;

const parts: readonly GuestPart[] = ['cost', 'steady', 'live', 'exact', 'maps'];
const asked = process.argv.slice(2);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function ofGuest(line: KernelLine, programs: Programs, directory: string): Promise<readonly Row[]> {
  say(`guest ${line}`);
  const chosen = parts.filter((part) => asked.includes(part));
  const wanted = chosen.length > 0 ? chosen : parts;
  const measure = (possibleCpus: number, some: readonly GuestPart[]) =>
    some.length === 0 ? {} : measureInGuest({ line, possibleCpus, parts: some }, programs, directory);
  const small = await measure(
    2,
    wanted.filter((part) => part !== 'maps'),
  );
  const wide = await measure(
    64,
    wanted.filter((part) => part === 'maps'),
  );
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

const all = asked.length === 0;
const named = (Object.keys(kernels) as KernelLine[]).filter((line) => all || asked.includes(line));
const inGuests = all || named.length > 0 || parts.some((part) => asked.includes(part));
const directory = await mkdtemp(join(tmpdir(), 'bench-agent-'));
try {
  await installPackages(guestPackages, say);
  const programs = await buildPrograms(directory);
  const lines = named.length > 0 ? named : (Object.keys(kernels) as KernelLine[]);
  const rows: Row[] = [];
  for (const line of inGuests ? lines : []) rows.push(...(await ofGuest(line, programs, directory)));
  if (all || asked.includes('host')) await ofHost(programs, directory);
  console.log('\nBeyla: beyla/v2 2.6.5 (OBI 1.2.5), 2026-11-21, in the same guests by the same kinds of traffic.');
  process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
} finally {
  await rm(directory, { recursive: true });
}
