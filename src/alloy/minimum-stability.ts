import type { Stability } from './catalogue/shape.ts';
import { blocksOf } from './reference.ts';
import { componentStability } from './stability.ts';
import type { AlloyConfig, Block } from './tree.ts';

const order: readonly Stability[] = ['generally-available', 'public-preview', 'experimental'];

/** The lowest `--stability.level` at which Alloy takes the configuration, `declare` and `foreach` looked into. */
export function minimumStability(config: AlloyConfig): Stability {
  const levels = blocksOf(config).map(levelOf);
  return order[Math.max(0, ...levels)] as Stability;
}

function levelOf(block: Block): number {
  if (block.name === 'foreach') return order.indexOf('experimental');
  const own = componentStability(block.name);
  if (own !== undefined) return order.indexOf(own);
  return block.name === 'declare' ? Math.max(0, ...blocksOf(block.body).map(levelOf)) : 0;
}
