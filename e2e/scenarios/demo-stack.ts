import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { testImages } from '../cluster/images.ts';
import { mergePatch, type Tree } from '../../src/lib/merge-patch.ts';

const example = join(import.meta.dirname, '../../examples/dev.yaml');

/**
 * `examples/dev.yaml` as this node can run it: images built here, and no Grafana, whose program cannot be had without a
 * registry.
 */
export async function demoStack(patch: Tree = {}): Promise<Tree> {
  const resource = parse(await readFile(example, 'utf8')) as Tree;
  const local = { spec: { images: { overrides: testImages }, grafana: { enabled: false } } };
  return mergePatch(mergePatch(resource, local), patch);
}
