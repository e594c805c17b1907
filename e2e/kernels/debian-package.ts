/** Debian packages of other releases and architectures, unpacked into the cache, never installed: apt with a root of its own. */
import { execa } from 'execa';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../cluster/lock.ts';
import { cacheDirectory } from '../cluster/place.ts';
import type { Architecture } from './architecture.ts';

const root = join(cacheDirectory(), 'debian');
const dayMs = 86_400_000;

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const source = (architectures: string, place: string) =>
  `deb [arch=${architectures} targets=Packages signed-by=${keyring}] http://deb.debian.org/${place} main\n`;
/* Programs come from bookworm; the others are there for their kernels. */
const sources = [
  source('amd64,arm64', 'debian bookworm'),
  source('amd64,arm64', 'debian-security bookworm-security'),
  source('amd64', 'debian-security bullseye-security'),
  source('amd64', 'debian trixie-backports'),
].join('');

const configuration = `
Dir::Etc::sourcelist "${root}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${root}/state";
Dir::State::status "${root}/state/status";
Dir::Cache "${root}/cache";
APT::Architectures {"amd64"; "arm64";};
APT::Update::Error-Mode "any";
APT::Sandbox::User "root";
Acquire::Retries "3";
`;

/** Container images turn apt's own index off; building it anew takes seconds a call. */
const indexed = ['-o', 'Dir::Cache::pkgcache=pkgcache.bin'];

async function apt(command: string, args: readonly string[], cwd = root): Promise<string> {
  const { stdout } = await execa(command, [...indexed, ...args], { cwd, env: { APT_CONFIG: join(root, 'apt.conf') } });
  return stdout;
}

/** The lists carry the sources they were fetched for as their mark. */
const mark = join(root, 'sources.fetched');

function isFresh(): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8') === sources && Date.now() - statSync(mark).mtimeMs < dayMs;
}

/** Fetches the package lists if they are older than a day. Without a network, older ones of the same sources do. */
async function refreshLists(): Promise<void> {
  if (isFresh()) return;
  await mkdir(join(root, 'state/lists/partial'), { recursive: true });
  await mkdir(join(root, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(root, 'state/status'), '');
  await writeFile(join(root, 'sources.list'), sources);
  await writeFile(join(root, 'apt.conf'), configuration);
  try {
    await apt('apt-get', ['update']);
    await writeFile(mark, sources);
  } catch (error) {
    if (!existsSync(mark) || readFileSync(mark, 'utf8') !== sources) throw error;
  }
}

let lists: Promise<void> | undefined;

function ready(): Promise<void> {
  return (lists ??= withLock(join(cacheDirectory(), 'locks', 'debian'), refreshLists));
}

/** Names of the packages that match a POSIX regular expression. */
export async function packagesNamed(pattern: string): Promise<string[]> {
  await ready();
  const found = await apt('apt-cache', ['search', '--names-only', pattern]);
  return found.split('\n').flatMap((line) => line.split(' ')[0] || []);
}

/** Unpacks the newest version of a package, once. @returns the directory that holds its files. */
export async function unpacked(name: string, architecture: Architecture): Promise<string> {
  await ready();
  const wanted = `${name}:${architecture}`;
  const uri = await apt('apt-get', ['download', '--print-uris', wanted]);
  const file = /^'[^']+' (\S+)\.deb /m.exec(uri)?.[1];
  if (!file) throw new Error(`no Debian package ${wanted}`);
  const home = join(root, 'packages', file);
  await withLock(join(cacheDirectory(), 'locks', file), async () => {
    if (existsSync(home)) return;
    const aside = `${home}.part`;
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    await apt('apt-get', ['download', wanted], aside);
    const [archive] = await readdir(aside);
    await execa('dpkg', ['-x', archive ?? '', '.'], { cwd: aside });
    await rm(join(aside, archive ?? ''));
    await rename(aside, home);
  });
  return home;
}
