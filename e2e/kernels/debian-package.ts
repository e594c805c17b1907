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
/* Programs come from bookworm; the others are there for their kernels. */
const suites = [
  { name: 'bookworm', beside: 'bookworm', architectures: 'amd64,arm64' },
  { name: 'bookworm-security', beside: 'bookworm-security', architectures: 'amd64,arm64' },
  { name: 'bullseye-security', beside: 'bookworm-security', architectures: 'amd64' },
  { name: 'trixie-backports', beside: 'bookworm', architectures: 'amd64' },
];

/** Source lines for the suites, each on the mirror from which this system has the suite `beside`. */
async function sourcesOf(): Promise<string> {
  const { stdout } = await execa('apt-get', ['indextargets', '--format', '$(RELEASE) $(REPO_URI)']);
  const mirrors = new Map(stdout.split('\n').map((line) => line.split(' ', 2) as [string, string]));
  return suites
    .map(({ name, beside, architectures }) => {
      const mirror = mirrors.get(beside);
      if (!mirror) throw new Error(`apt has no source of Debian's ${beside} here: add one and run apt-get update`);
      return `deb [arch=${architectures} targets=Packages signed-by=${keyring}] ${mirror} ${name} main\n`;
    })
    .join('');
}

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

function isFresh(sources: string): boolean {
  return existsSync(mark) && readFileSync(mark, 'utf8') === sources && Date.now() - statSync(mark).mtimeMs < dayMs;
}

/** Fetches the package lists if they are older than a day. Without a network, older ones of the same sources do. */
async function refreshLists(): Promise<void> {
  const sources = await sourcesOf();
  if (isFresh(sources)) return;
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
