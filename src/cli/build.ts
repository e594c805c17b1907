// `npm run build`: the ostack program in dist/, what the image contains.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleOstack, ostackFile } from './ostack-bundle.ts';

const directory = join(import.meta.dirname, '..', '..', 'dist');
await bundleOstack(directory);
const { size } = await stat(join(directory, ostackFile));
console.log(`dist/${ostackFile}: ${(size / 1e6).toFixed(1)} MB`);
