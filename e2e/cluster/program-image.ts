import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Entry } from './archive.ts';
import { baseLayer } from './base-layer.ts';
import { pauseImage } from './containerd.ts';
import { type Image, type ImageSettings, imageOf } from './image.ts';
import { layerOf } from './layer.ts';
import { cacheDirectory } from './place.ts';
import { programPath } from './programs.ts';

/** Programs that run as pods: where the published image has its binary, and as whom it runs. */
const placement = {
  alloy: { path: 'bin/alloy', settings: { entrypoint: ['/bin/alloy'] }, tag: 'v1.11.0' },
  tempo: { path: 'tempo', settings: { entrypoint: ['/tempo'], user: '10001:10001' }, tag: 'v2.9.0' },
  loki: { path: 'usr/bin/loki', settings: { entrypoint: ['/usr/bin/loki'], user: '10001:10001' }, tag: 'v3.7.8' },
  mimir: { path: 'bin/mimir', settings: { entrypoint: ['/bin/mimir'] }, tag: 'v3.1.0-dev' },
} as const satisfies Record<string, { path: string; settings: ImageSettings; tag: string }>;

/** A program that has an image. */
export type ProgramImage = keyof typeof placement;

/** Their image names by program, as `spec.images.overrides` takes them. */
export const programImageNames = Object.fromEntries(
  Object.entries(placement).map(([name, { tag }]) => [name, `ostack.test/${name}:${tag}`]),
) as Readonly<Record<ProgramImage, string>>;

/** Image of one static program, `ostack.test/<name>:<version>`, laid out like the published one. */
export async function programImage(name: ProgramImage): Promise<Image> {
  const { path, settings } = placement[name];
  const binary: Entry = { kind: 'file', path, mode: 0o755, from: programPath(name) };
  return imageOf(programImageNames[name], settings, [await baseLayer(), await layerOf([binary])]);
}

/** Image of the process that holds a pod, compiled here from `pause.c`. */
export async function pauseImageOf(): Promise<Image> {
  const source = join(dirname(fileURLToPath(import.meta.url)), 'pause.c');
  const binary = join(cacheDirectory(), 'bin', 'pause-v1');
  if (!existsSync(binary)) {
    mkdirSync(dirname(binary), { recursive: true });
    await execa('cc', ['-static', '-Os', '-s', '-o', `${binary}.${process.pid}`, source]);
    renameSync(`${binary}.${process.pid}`, binary);
  }
  const entry: Entry = { kind: 'file', path: 'pause', mode: 0o755, from: binary };
  return imageOf(pauseImage, { entrypoint: ['/pause'], user: '65535:65535' }, [await layerOf([entry])]);
}
