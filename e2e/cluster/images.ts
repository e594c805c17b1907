import { join } from 'node:path';
import { bundle } from '../../src/cli/bundle.ts';
import type { Image } from './image.ts';
import { importImage } from './image-import.ts';
import { nodeImage } from './node-image.ts';
import { imagePackages, installPackages } from './packages.ts';
import { cacheDirectory, type Place } from './place.ts';
import { buildPrograms } from './programs.ts';
import { programImage, type ProgramImage, programImageNames } from './program-image.ts';
import { type Progress, silent } from './progress.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** The images made here, for `spec.images.overrides`: what a stack on this node uses instead of the published ones. */
export const testImages: Readonly<Record<ProgramImage, string>> = programImageNames;

/** Name of the image with the operator and the agent. */
export const ostackImage = 'ostack.test/ostack:dev';

/** Bundles a TypeScript program and makes an image of it; `entry` is relative to the checkout. */
export async function bundledImage(name: string, entry: string): Promise<Image> {
  await installPackages(imagePackages);
  const file = `${name.replace(/^.*\/|:.*$/g, '')}.mjs`;
  const directory = join(cacheDirectory(), 'bundles', encodeURIComponent(`${checkout}:${name}`));
  await bundle({ entry: join(checkout, entry), directory, file });
  return nodeImage({ name, bundle: directory, file });
}

/** Gives the node the backends and the ostack program. Only what changed since the last time is made and sent. */
export async function importImages(place: Place, progress: Progress = silent): Promise<void> {
  const backends = Object.keys(testImages) as ProgramImage[];
  await buildPrograms(backends, progress);
  for (const name of backends) await importImage(place, await programImage(name), progress);
  await importImage(place, await bundledImage(ostackImage, 'src/cli/main.ts'), progress);
}
