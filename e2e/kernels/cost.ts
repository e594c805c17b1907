/** `node e2e/kernels/cost.ts [line]`: instructions a request costs with the probes attached, free of noise. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildShapes } from '../../src/agent/bpf/shapes.fixture.ts';
import { guestImage } from './guest-image.ts';
import { runGuest } from './guest.ts';
import { kernelImage, type KernelLine } from './kernel-package.ts';

const line = (process.argv[2] ?? '6.12') as KernelLine;
const directory = await mkdtemp(join(tmpdir(), 'guest-'));
const built = buildShapes();
try {
  const image = await guestImage(directory, built.program, 'cost-job.ts');
  const run = await runGuest(await kernelImage(line), image, { counting: true, timeoutMs: 400_000 });
  console.log(run.console.trim());
  process.exitCode = run.exitCode ?? 1;
} finally {
  await rm(directory, { recursive: true });
  await rm(built.directory, { recursive: true });
}
