import { checkBody } from './body-check.ts';
import { componentKind, settings } from './catalogue/index.ts';
import type { Type } from './catalogue/shape.ts';
import { cyclesIn } from './cycle.ts';
import type { Finding } from './finding.ts';
import { isIdentifier } from './identifier.ts';
import { definers, languageBlocks, libraryRoots } from './names.ts';
import { blocksOf, idOf, referencesOf } from './reference.ts';
import { componentStability } from './stability.ts';
import type { AlloyConfig, Block } from './tree.ts';

/**
 * What Alloy 1.11 would refuse in a configuration, found without running it, and labels that hide one another.
 * Components we never write ourselves are checked by name, label and references only.
 */
export function checkWiring(config: AlloyConfig): readonly Finding[] {
  const blocks = blocksOf(config);
  const known = new Map(blocks.map((block) => [idOf(block), block]));
  const custom = new Set(blocks.filter(({ name }) => definers.has(name)).map(({ label }) => label));
  const exportsOf = (path: readonly string[]) => exportType(path, known);
  return [
    ...config.filter(({ kind }) => kind === 'attribute').map(misplaced),
    ...blocks.flatMap((block) => checkName(block, custom)),
    ...repeated(blocks),
    ...blocks.flatMap((block) => {
      const shape = componentKind(block.name)?.shape ?? settings.get(block.name);
      return shape === undefined ? [] : checkBody(block.body, shape, idOf(block), exportsOf);
    }),
    ...blocks.flatMap((block) => dangling(block, known)),
    ...cyclesIn(blocks.map((block) => [idOf(block), referredTo(block, known)])),
  ];
}

function misplaced(): Finding {
  return { kind: 'misplaced', at: 'file', message: 'an attribute stands outside of every block' };
}

function checkName(block: Block, custom: ReadonlySet<string | undefined>): readonly Finding[] {
  const at = idOf(block);
  if (languageBlocks.has(block.name) || block.name.startsWith('import.')) return [];
  const own = custom.has(block.name.split('.')[0]);
  if (!own && componentStability(block.name) === undefined) {
    return [{ kind: 'unknown component', at, message: `Alloy 1.11 has no component ${block.name}` }];
  }
  if (block.label === undefined) return [{ kind: 'bad label', at, message: 'a component needs a label' }];
  if (isIdentifier(block.label)) return [];
  return [{ kind: 'bad label', at, message: `label ${JSON.stringify(block.label)} is not an identifier` }];
}

function repeated(blocks: readonly Block[]): readonly Finding[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const block of blocks) {
    const id = idOf(block);
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  return [...twice].map((at) => ({
    kind: 'colliding labels',
    at,
    message: `${at} is there twice; two names may have come out as the same label`,
  }));
}

function dangling(block: Block, known: ReadonlyMap<string, Block>): readonly Finding[] {
  // Names inside are those of arguments and loop variables.
  if (block.name === 'declare' || block.name === 'foreach') return [];
  const paths = new Map(referencesOf(block.body).map((path) => [path.join('.'), path]));
  return [...paths].flatMap(([text, path]) => {
    if (libraryRoots.has(path[0] as string) || path[0] === 'argument') return [];
    const target = targetOf(path, known);
    if (target === undefined) {
      return [{ kind: 'dangling reference' as const, at: idOf(block), message: `there is no ${text}` }];
    }
    const exported = path[target.length];
    const exports = componentKind(target.block.name)?.exports;
    if (exports === undefined || (exported !== undefined && exports.has(exported))) return [];
    const message = exported === undefined ? `${text} is a component, not a value` : `${text} is not exported`;
    return [{ kind: 'dangling reference' as const, at: idOf(block), message }];
  });
}

interface Target {
  readonly block: Block;
  /** How many names of the path are the component's own. */
  readonly length: number;
}

function targetOf(path: readonly string[], known: ReadonlyMap<string, Block>): Target | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const block = known.get(path.slice(0, length).join('.'));
    if (block !== undefined) return { block, length };
  }
  return undefined;
}

function referredTo(block: Block, known: ReadonlyMap<string, Block>): readonly string[] {
  return referencesOf(block.body).flatMap((path) => {
    const target = targetOf(path, known);
    return target === undefined ? [] : [idOf(target.block)];
  });
}

function exportType(path: readonly string[], known: ReadonlyMap<string, Block>): Type | undefined {
  const target = targetOf(path, known);
  if (target === undefined || path.length !== target.length + 1) return undefined;
  return componentKind(target.block.name)?.exports.get(path[target.length] as string);
}
