import { existsSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Puts a file as a kubelet puts one of a ConfigMap volume: reached by two links, of which the inner one is swapped for a
 * new folder and the old folder removed, so that whoever watches the file loses it.
 */
export function putAsKubelet(volume: string, name: string, text: string): void {
  const data = join(volume, '..data');
  const before = existsSync(data) ? join(volume, readlinkSync(data)) : undefined;
  const folder = mkdtempSync(`${volume}/..`);
  writeFileSync(join(folder, name), text);
  symlinkSync(basename(folder), `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  if (!existsSync(join(volume, name))) symlinkSync(join('..data', name), join(volume, name));
  if (before !== undefined) rmSync(before, { recursive: true });
}
