import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../cluster/lock.ts';
import { cacheDirectory } from '../cluster/place.ts';

const repository = join(import.meta.dirname, '../..');

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/**
 * A package of package-lock.json that npm installs on another architecture only: in version and bytes as locked.
 * @returns the directory that holds its files: in node_modules if it is there, else in the cache.
 */
export async function npmPackage(name: string): Promise<string> {
  const installed = join(repository, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const locked = lock.packages[`node_modules/${name}`];
  if (!locked) throw new Error(`package-lock.json has no ${name}`);
  const id = `${name.replace('/', '-')}-${locked.version}`;
  const home = join(cacheDirectory(), 'npm', id);
  await withLock(join(cacheDirectory(), 'locks', id), async () => {
    if (!existsSync(home)) await fetchPackage(name, locked, home);
  });
  return home;
}

async function fetchPackage(name: string, { version, integrity }: Locked, home: string): Promise<void> {
  const aside = `${home}.part`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await execa('npm', ['pack', '--ignore-scripts', `${name}@${version}`], { cwd: aside });
  const [archive] = await readdir(aside);
  const path = join(aside, archive ?? '');
  const hash = createHash('sha512').update(await readFile(path));
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== integrity) throw new Error(`${name}@${version} is ${found}, package-lock.json says ${integrity}`);
  await execa('tar', ['-xzf', path, '--strip-components=1'], { cwd: aside });
  await rm(path);
  await rename(aside, home);
}
