import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Entry } from './archive.ts';
import { pauseImage } from './containerd.ts';
import { type Image, type ImageSettings, imageOf } from './image.ts';
import { layerOf } from './layer.ts';
import { cacheDirectory } from './place.ts';
import { programPath } from './programs.ts';

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** What every program expects of a file system, and nothing else. */
const base: readonly Entry[] = [
  { kind: 'directory', path: 'etc', mode: 0o755 },
  { kind: 'text', path: 'etc/passwd', mode: 0o644, text: 'root:x:0:0:root:/:/\nprogram:x:10001:10001:program:/:/\n' },
  { kind: 'text', path: 'etc/group', mode: 0o644, text: 'root:x:0:\nprogram:x:10001:\n' },
  { kind: 'text', path: 'etc/nsswitch.conf', mode: 0o644, text: 'hosts: files dns\n' },
  { kind: 'directory', path: 'tmp', mode: 0o1777 },
];

function baseEntries(): Entry[] {
  return existsSync(certificates)
    ? [...base, { kind: 'file', path: certificates.slice(1), mode: 0o644, from: certificates }]
    : [...base];
}

/** Programs that run as pods: where the published image has its binary, and as whom it runs. */
const placement: Readonly<Record<string, { path: string; settings: ImageSettings; tag: string }>> = {
  alloy: { path: 'bin/alloy', settings: { entrypoint: ['/bin/alloy'] }, tag: 'v1.11.0' },
  tempo: { path: 'tempo', settings: { entrypoint: ['/tempo'], user: '10001:10001' }, tag: 'v2.9.0' },
  loki: { path: 'usr/bin/loki', settings: { entrypoint: ['/usr/bin/loki'], user: '10001:10001' }, tag: 'v3.7.8' },
  mimir: { path: 'bin/mimir', settings: { entrypoint: ['/bin/mimir'] }, tag: 'v3.1.0-dev' },
};

/** Names of the programs that have an image. */
export const programImages: readonly string[] = Object.keys(placement);

/** Image of one static program, `ostack.test/<name>:<version>`, laid out like the published one. */
export async function programImage(name: string): Promise<Image> {
  const place = placement[name];
  if (!place) throw new Error(`no image is made of ${name}`);
  const binary: Entry = { kind: 'file', path: place.path, mode: 0o755, from: programPath(name) };
  return imageOf(`ostack.test/${name}:${place.tag}`, place.settings, [
    await layerOf(baseEntries()),
    await layerOf([binary]),
  ]);
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
