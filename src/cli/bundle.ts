import { cp, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Packages written for require() keep asking for it inside ESM files.
const banner = `import { createRequire as ostackRequire } from 'node:module';const require = ostackRequire(import.meta.url);`;

/** What `bundle` makes. */
export interface BundleOptions {
  /** TypeScript file to start from. */
  readonly entry: string;
  /** Directory that is emptied and filled. */
  readonly directory: string;
  /** Name of the one file, like `ostack.mjs`. */
  readonly file: string;
}

/**
 * Makes ESM files of a program and everything it imports. The only package left outside is koffi, whose native part
 * cannot be bundled: it is copied beside the file, for this machine's processor. Names are kept, so stack traces read.
 */
export async function bundle({ entry, directory, file }: BundleOptions): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const { metafile } = await build({
    entryPoints: [{ in: entry, out: parse(file).name }],
    outdir: directory,
    outExtension: { '.js': extname(file) },
    bundle: true,
    // What a command imports on demand stays a file of its own: a pod never loads the code for kubeconfig files.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: banner },
    external: ['koffi'],
    logLevel: 'error',
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  if (imports.some(({ path, external }) => external && path === 'koffi')) await copyKoffi(directory);
}

async function copyKoffi(directory: string): Promise<void> {
  const koffi = dirname(fileURLToPath(import.meta.resolve('koffi')));
  const platform = `linux-${process.arch}`;
  const native = join(koffi, '..', '@koromix', `koffi-${platform}`);
  const target = join(directory, 'node_modules');
  for (const part of ['package.json', 'index.js']) await cp(join(koffi, part), join(target, 'koffi', part));
  await cp(join(koffi, 'src/koffi'), join(target, 'koffi/src/koffi'), { recursive: true, filter: isScript });
  for (const part of ['package.json', 'index.js', platform.replace('-', '_')]) {
    await cp(join(native, part), join(target, '@koromix', `koffi-${platform}`, part), { recursive: true });
  }
}

// The package carries its C++ sources too; directories have no dot in their name.
function isScript(path: string): boolean {
  return !basename(path).includes('.') || path.endsWith('.js');
}
