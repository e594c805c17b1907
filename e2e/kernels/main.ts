/** `node e2e/kernels/main.ts [line …]`: the probes on Debian's kernels, in guests. Fails if one miscounts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildShapes } from '../../src/agent/bpf/shapes.fixture.ts';
import { guestPackages, installPackages } from '../cluster/packages.ts';
import { guestImage } from './guest-image.ts';
import { runGuest } from './guest.ts';
import { kernelImage, kernels, type KernelLine } from './kernel-package.ts';

const shapes = [
  ['keepalive', 4, 50],
  ['fresh', 20],
  ['pipeline', 8, 5],
  ['pipeline', 20, 3],
  ['split'],
  ['vectors'],
  ['bodies', 20],
  ['close', 6],
];

async function check(line: KernelLine): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'guest-'));
  const built = buildShapes();
  try {
    const { tier } = kernels[line];
    const job = { expected: tier, tiers: tier === 'T1' ? ['T2'] : [], shapes };
    const image = await guestImage(directory, built.program, 'job.ts', JSON.stringify(job));
    const run = await runGuest(await kernelImage(line), image);
    console.log(run.console.trim());
    console.log(
      `${line}: ${run.exitCode === 0 ? 'right' : `failed (${run.exitCode ?? 'no report'})`}, ${run.seconds} s`,
    );
    return run.exitCode === 0;
  } finally {
    await rm(directory, { recursive: true });
    await rm(built.directory, { recursive: true });
  }
}

await installPackages(guestPackages, console.log);
const asked = process.argv.slice(2) as KernelLine[];
let right = true;
for (const line of asked.length > 0 ? asked : (Object.keys(kernels) as KernelLine[]))
  right = (await check(line)) && right;
process.exitCode = right ? 0 : 1;
