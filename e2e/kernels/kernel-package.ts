import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from './architecture.ts';
import { packagesNamed, unpacked } from './debian-package.ts';

/** A line of Debian's cloud kernels, `6.12`, or the newest there is. */
export type KernelLine = `${number}.${number}` | 'newest';

/** Unpacks the newest kernel of a line, never installed. @returns the kernel image's path. */
export async function kernelImage(line: KernelLine, architecture: Architecture = 'amd64'): Promise<string> {
  const version = line === 'newest' ? '[0-9]+\\.[0-9]+' : line.replace('.', '\\.');
  const found = await packagesNamed(`^linux-(image|binary)-${version}\\.[0-9]+[-+][a-z0-9]+-cloud-${architecture}$`);
  const [newest] = found.sort(newestFirst);
  if (!newest) throw new Error(`Debian has no cloud kernel ${line} for ${architecture}`);
  return imageIn(await unpacked(newest, architecture));
}

/** Of one version, `linux-binary-` comes first: where there is one, `linux-image-` is empty. */
function newestFirst(a: string, b: string): number {
  const version = (name: string) => name.replace(/^linux-[a-z]+-/, '');
  return version(b).localeCompare(version(a), 'en', { numeric: true }) || a.localeCompare(b, 'en');
}

async function imageIn(home: string): Promise<string> {
  const files = await readdir(home, { recursive: true });
  const image = files.find((file) => /(^boot\/vmlinuz-[^/]*|^usr\/lib\/modules\/[^/]+\/vmlinuz)$/.test(file));
  if (!image) throw new Error(`${home} holds no kernel image`);
  return join(home, image);
}
