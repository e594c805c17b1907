import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundle } from './bundle.ts';

const root = join(import.meta.dirname, '..', '..');

/** The file of the bundle that runs. */
export const ostackFile = 'ostack.mjs';

/** Fills a directory with the ostack program: one file, koffi's native part, and the probes in `bpf/built` as in the checkout. */
export async function bundleOstack(directory: string): Promise<void> {
  await bundle({ entry: join(root, 'src/cli/main.ts'), directory, file: ostackFile });
  await cp(join(root, 'bpf/built'), join(directory, 'bpf/built'), { recursive: true, filter: isShipped });
}

function isShipped(path: string): boolean {
  return !basename(path).startsWith('test-');
}
