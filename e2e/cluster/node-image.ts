import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import type { Entry } from './archive.ts';
import { baseLayer } from './base-layer.ts';
import { type Image, imageOf } from './image.ts';
import { layerFrom, layerOf } from './layer.ts';
import { withLock } from './lock.ts';
import { cacheDirectory } from './place.ts';

const debian = 'bookworm';
const packages = ['libc6', 'libstdc++6', 'libgcc-s1', 'libbpf1', 'libelf1', 'zlib1g'];
const appDirectory = 'opt/ostack';

/** What an image of a Node program is made of. */
export interface NodeImageOptions {
  /** `ostack.test/ostack:dev` */
  readonly name: string;
  /** Directory of the bundle; its content lands in /opt/ostack. */
  readonly bundle: string;
  /** File of the bundle that runs, like `ostack.mjs`. */
  readonly file: string;
}

/** Image of a bundled Node program, laid out like the published one of the Dockerfile; it runs as uid 65532. */
export async function nodeImage({ name, bundle, file }: NodeImageOptions): Promise<Image> {
  const node = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/bin/node`);
  const layers = [
    await layerFrom(await rootArchive()),
    await baseLayer(),
    await layerOf([{ kind: 'file', path: 'usr/local/bin/node', mode: 0o755, from: node }]),
    await layerOf([{ kind: 'directory', path: appDirectory, mode: 0o755 }, ...entriesOf(bundle)]),
  ];
  const settings = {
    entrypoint: ['/usr/local/bin/node', `/${appDirectory}/${file}`],
    user: '65532:65532',
    env: ['NODE_ENV=production'],
    workingDirectory: `/${appDirectory}`,
  };
  return imageOf(name, settings, layers);
}

function entriesOf(bundle: string): Entry[] {
  const paths = readdirSync(bundle, { recursive: true, encoding: 'utf8' }).map((path) => join(bundle, path));
  return paths.sort().map((from): Entry => {
    const path = join(appDirectory, relative(bundle, from));
    return statSync(from).isDirectory()
      ? { kind: 'directory', path, mode: 0o755 }
      : { kind: 'file', path, mode: 0o644, from };
  });
}

// `extract` only unpacks: other variants want to run dpkg inside, which needs more of a root than we make.
async function rootArchive(): Promise<string> {
  const archive = join(cacheDirectory(), 'layers', `${debian}-${packages.join('-')}.tar`);
  mkdirSync(dirname(archive), { recursive: true });
  await withLock(`${archive}.lock`, async () => {
    if (existsSync(archive)) return;
    const include = `--include=${packages.join(',')}`;
    const scratch = `${archive}.new`;
    await execa('mmdebstrap', ['--variant=extract', '--mode=root', include, '--format=tar', debian, scratch], {
      all: true,
    });
    renameSync(scratch, archive);
  });
  return archive;
}
