// `npm run build`: the ostack program as dist/ostack.mjs, what the image contains.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

const root = join(import.meta.dirname, '..', '..');
const directory = join(root, 'dist');
const file = 'ostack.mjs';

await bundle({ entry: join(root, 'src/cli/main.ts'), directory, file });
const { size } = await stat(join(directory, file));
console.log(`dist/${file}: ${(size / 1e6).toFixed(1)} MB`);
