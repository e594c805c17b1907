import { execa } from 'execa';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guestImage } from '../../kernels/guest-image.ts';
import { runGuest } from '../../kernels/guest.ts';
import { kernelImage, type KernelLine } from '../../kernels/kernel-package.ts';
import { figuresOn, type GuestFigures, type GuestPart } from './guest-figure.ts';
import { repository, type Programs } from './programs.ts';

export interface GuestWish {
  readonly line: KernelLine;
  /** What per-CPU maps are sized for; one runs. */
  readonly possibleCpus: number;
  readonly parts: readonly GuestPart[];
}

const timeoutMs = 1_800_000;

/** Boots a kernel whose nanoseconds are instructions and measures in it. Throws with the console if it did not end well. */
export async function measureInGuest(wish: GuestWish, programs: Programs, directory: string): Promise<GuestFigures> {
  const job = JSON.stringify({ parts: wish.parts });
  const image = await guestImage(directory, programs.shapes, '../bench/agent/guest-job.ts', job);
  await addLayer(image, directory, programs);
  const { possibleCpus } = wish;
  const run = await runGuest(await kernelImage(wish.line), image, { counting: true, possibleCpus, timeoutMs });
  if (run.exitCode !== 0)
    throw new Error(`guest ${wish.line} failed (${run.exitCode ?? 'no report'}):\n${run.console}`);
  return figuresOn(run.console);
}

/** Adds what only this job needs: archives one after another are one root. */
async function addLayer(image: string, directory: string, programs: Programs): Promise<void> {
  const root = join(directory, 'layer');
  const put = async (from: string, to: string) => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(from, join(root, to), { recursive: true });
  };
  await put(programs.traffic, 'bin/traffic');
  await put(programs.agent, 'agent');
  const here = 'e2e/bench/agent';
  const sources = (await readdir(join(repository, here))).filter((file) => file.endsWith('.ts'));
  for (const file of sources) await put(join(repository, here, file), join('repository', here, file));
  await execa(`find . | busybox cpio -o -H newc -R 0:0 >> ${image}`, { cwd: root, shell: true });
  await rm(root, { recursive: true });
}
