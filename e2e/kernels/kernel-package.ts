import { execa } from 'execa';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Debian's cloud kernels by line, and the tier each must carry. */
export const kernels = {
  '6.1': { pattern: /^linux-image-6\.1\.[0-9]+-[0-9]+-cloud-amd64$/, tier: 'T2' },
  '6.12': { pattern: /^linux-image-6\.12\.[0-9]+\+deb12-cloud-amd64$/, tier: 'T1' },
} as const;

export type KernelLine = keyof typeof kernels;

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ostack', 'kernels');

/** The newest package of a line, unpacked into the cache, never installed. @returns the kernel image's path. */
export async function kernelImage(line: KernelLine): Promise<string> {
  const { stdout } = await execa('apt-cache', ['pkgnames', `linux-image-${line}.`]);
  const names = stdout.split('\n').filter((name) => kernels[line].pattern.test(name));
  const newest = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (!newest) throw new Error(`no cloud kernel ${line} in the package lists; run apt-get update`);
  const home = join(cache, newest);
  const found = await image(home);
  if (found) return found;
  const aside = `${home}.part`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await execa('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', newest], { cwd: aside });
  const [archive] = (await readdir(aside)).filter((file) => file.endsWith('.deb'));
  await execa('dpkg', ['-x', join(aside, archive ?? ''), aside]);
  await rm(home, { recursive: true, force: true });
  await rename(aside, home);
  const unpacked = await image(home);
  if (!unpacked) throw new Error(`${newest} holds no kernel image`);
  return unpacked;
}

async function image(home: string): Promise<string | undefined> {
  const files = await readdir(join(home, 'boot')).catch(() => [] as string[]);
  const name = files.find((file) => file.startsWith('vmlinuz'));
  return name && join(home, 'boot', name);
}
