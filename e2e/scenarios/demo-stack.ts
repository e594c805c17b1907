import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mergePatch, type Tree } from '../../src/lib/merge-patch.ts';
import { imageOverrides } from './cluster.ts';

const example = join(import.meta.dirname, '../../examples/dev.yaml');

/**
 * `examples/dev.yaml` as the cluster of the scenarios can run it: on our own node with images built here; and nowhere
 * with Grafana, whose program cannot be had without a registry.
 */
export async function demoStack(patch: Tree = {}): Promise<Tree> {
  const resource = parse(await readFile(example, 'utf8')) as Tree;
  const local = { spec: { images: { overrides: imageOverrides }, grafana: { enabled: false } } };
  return mergePatch(mergePatch(resource, local), patch);
}
