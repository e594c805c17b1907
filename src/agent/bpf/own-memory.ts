import { readFileSync } from 'node:fs';
import { forgetPages, trimHeap } from './libbpf.ts';

/**
 * Gives back what only the start needed: the C heap that loading the probes left behind, and the pages of this program's
 * code (a compiler, a loader) that are not run again. Code that is run comes back from the page cache as it is touched.
 */
export function releaseMemory(): void {
  trimHeap();
  for (const { at, size } of codeOf(readFileSync('/proc/self/maps', 'utf8'), process.execPath)) forgetPages(at, size);
}

/** The executable, never written parts of a file in /proc/<pid>/maps: addresses and bytes. */
export function codeOf(maps: string, file: string): { readonly at: bigint; readonly size: number }[] {
  return maps.split('\n').flatMap((line) => {
    const found = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \d+\s+(.+)$/.exec(line);
    if (found?.[3] !== file) return [];
    const [from, to] = [BigInt(`0x${found[1]}`), BigInt(`0x${found[2]}`)];
    return [{ at: from, size: Number(to - from) }];
  });
}
