import { join } from 'node:path';
import { bundle } from '../../src/cli/bundle.ts';
import { bundleOstack, ostackFile } from '../../src/cli/ostack-bundle.ts';
import { keepBundle } from './bundle-store.ts';
import type { Image } from './image.ts';
import { importImage } from './image-import.ts';
import { nodeImage } from './node-image.ts';
import { imagePackages, installPackages } from './packages.ts';
import type { Place } from './place.ts';
import { buildPrograms } from './programs.ts';
import { programImage, type ProgramImage, programImageNames } from './program-image.ts';
import { type Progress, silent } from './progress.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** The images made here, for `spec.images.overrides`: what a stack on this node uses instead of the published ones. */
export const testImages: Readonly<Record<ProgramImage, string>> = programImageNames;

/** Name of the image with the operator and the agent. */
export const ostackImage = 'ostack.test/ostack:dev';

/** Bundles a TypeScript program of the checkout, like `examples/shop/main.ts`, and makes an image of it. */
export async function bundledImage(name: string, entry: string): Promise<Image> {
  await installPackages(imagePackages);
  const file = `${name.replace(/^.*\/|:.*$/g, '')}.mjs`;
  const path = await keepBundle(name, (directory) => bundle({ entry: join(checkout, entry), directory, file }));
  return nodeImage({ name, bundle: path, file });
}

/** The image with the operator and the agent, from the checkout as it is. */
export async function ostackImageOf(): Promise<Image> {
  await installPackages(imagePackages);
  return nodeImage({ name: ostackImage, bundle: await keepBundle(ostackImage, bundleOstack), file: ostackFile });
}

/** Gives the node the backends and the ostack program. Only what changed since the last time is made and sent. */
export async function importImages(place: Place, progress: Progress = silent): Promise<void> {
  const backends = Object.keys(testImages) as ProgramImage[];
  await buildPrograms(backends, progress);
  for (const name of backends) await importImage(place, await programImage(name), progress);
  await importImage(place, await ostackImageOf(), progress);
}
