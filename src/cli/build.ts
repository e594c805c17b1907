// `npm run build`: the ostack program in dist/, what the image contains. `node src/cli/build.ts ENTRY` makes the bundle of
// another program of the checkout instead, like examples/shop/main.ts; a second word names another directory than dist/.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { bundle } from './bundle.ts';
import { bundleOstack } from './ostack-bundle.ts';

const root = join(import.meta.dirname, '..', '..');
const ostack = 'src/cli/main.ts';

const [entry = ostack, directory = join(root, 'dist')] = argv.slice(2);
if (entry === ostack) await bundleOstack(directory);
else await bundle({ entry: resolve(root, entry), directory, file: `${basename(dirname(entry))}.mjs` });
for (const file of (await readdir(directory)).filter((name) => name.endsWith('.mjs'))) {
  const { size } = await stat(join(directory, file));
  console.log(`${join(directory, file)}: ${(size / 1e6).toFixed(1)} MB`);
}
