import { readdirSync, readFileSync } from 'node:fs';

const here = new URL('corpus/', import.meta.url);
const emitted = new URL('../pipeline/golden/', import.meta.url);

/** Configurations written by hand, and those we emit, by name. */
export const corpus: readonly (readonly [name: string, text: string])[] = [here, emitted].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.alloy'))
    .sort()
    .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
);
