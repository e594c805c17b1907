/**
 * `node e2e/kernels/main.ts [kernel …]`: the probes on Debian's kernels, in guests. Prints what each kernel made of
 * them, and fails if one miscounts, is refused or carried where it should not be, or does not report.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildShapes } from '../../src/agent/bpf/shapes.fixture.ts';
import { armGuestPackages, guestPackages, installPackages } from '../cluster/packages.ts';
import { timedProgress } from '../cluster/progress.ts';
import { compilerOf } from './architecture.ts';
import { guestImage } from './guest-image.ts';
import { runGuest } from './guest.ts';
import type { Job } from './job.ts';
import { kernelImage } from './kernel-package.ts';
import { checksOf, chosen, type KernelCase } from './matrix.ts';
import { findingsOf, resultText, tableText, type Finding } from './report.ts';

const shapes: Job['shapes'] = [
  ['keepalive', 4, 50],
  ['fresh', 20],
  ['pipeline', 8, 5],
  ['pipeline', 20, 3],
  ['split'],
  ['vectors'],
  ['bodies', 20],
  ['close', 6],
  ['last', 12],
];
const atOnce = 2;
const progress = timedProgress();

interface Outcome {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

async function check(kernel: KernelCase): Promise<Outcome> {
  const { architecture, line, absent, tiers, refusedFor, buffers } = kernel;
  const directory = await mkdtemp(join(tmpdir(), 'guest-'));
  const built = buildShapes(compilerOf(architecture), ['-static']);
  try {
    const vmlinuz = await kernelImage(line, architecture);
    const job: Job = { absent, tiers, refusedFor, buffers, shapes };
    const image = await guestImage(directory, built.program, 'job.ts', JSON.stringify(job), architecture);
    const run = await runGuest(vmlinuz, image, { architecture });
    const title = `${/([0-9]+\.[0-9][^/]*?)-cloud-/.exec(vmlinuz)?.[1] ?? line} ${architecture}`;
    progress(`${title}: ${run.seconds} s\n${run.console.trim()}`);
    return { title, findings: findingsOf(run, checksOf(kernel)), seconds: run.seconds };
  } finally {
    await rm(directory, { recursive: true });
    await rm(built.directory, { recursive: true });
  }
}

/** Runs the work of every item, a few at a time, and gives the results in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function rowsOf({ title, findings, seconds }: Outcome): string[][] {
  const rows = findings.map((finding) => [
    title,
    finding.check,
    resultText(finding),
    `${finding.seconds} s`,
    finding.what,
  ]);
  return [...rows, [title, 'whole run', '', `${seconds} s`, '']];
}

const kernels = chosen(process.argv.slice(2));
const onArm = kernels.some(({ architecture }) => architecture === 'arm64');
await installPackages([...guestPackages, ...(onArm ? armGuestPackages : [])], progress);
const outcomes = await inTurns(kernels, check);
console.log(tableText([['kernel', 'check', 'result', 'time', 'what'], ...outcomes.flatMap(rowsOf)]));
const right = outcomes.every(({ findings }) => findings.every(({ wrong }) => wrong === 0));
process.exitCode = right ? 0 : 1;
