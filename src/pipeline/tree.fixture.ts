import { printAlloy, type AlloyConfig, type Block } from '../alloy/index.ts';

/** The components of a kind in a configuration, by label. */
export function componentsOf(config: AlloyConfig, name: string): ReadonlyMap<string, Block> {
  const blocks = config.filter((each) => each.kind === 'block').filter((each) => each.name === name);
  return new Map(blocks.map((each) => [each.label ?? '', each]));
}

/** One component, as text. */
export function textOf(config: AlloyConfig, name: string, label: string): string {
  const found = componentsOf(config, name).get(label);
  if (found === undefined) throw new Error(`there is no ${name} ${label}`);
  return printAlloy([found]);
}

/** Values of an attribute wherever it stands below a block, as text. */
export function valuesOf(block: Block, attribute: string): readonly string[] {
  return block.body.flatMap((each) => {
    if (each.kind === 'block') return valuesOf(each, attribute);
    return each.kind === 'attribute' && each.name === attribute
      ? [
          printAlloy([each])
            .replace(/^[^=]*= /, '')
            .trimEnd(),
        ]
      : [];
  });
}
