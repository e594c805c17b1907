import type { Ref } from '../../../src/kube/index.ts';
import type { Seen } from './figures.ts';
import type { Ground } from './ground.ts';

/** A ground with its stacks, all Ready. */
export interface Raised {
  readonly ground: Ground;
  readonly refs: readonly Ref[];
}

/** Something that can be measured by itself. */
export interface Part {
  readonly name: string;
  /** How many stacks it needs; parts of the same number share them. */
  readonly stacks: number;
  /** Left out unless it is named, because it takes this long. */
  readonly minutes?: number;
  measure(raised: Raised, say: (detail: string) => void): Promise<Seen>;
}

/** The stack of every part that does not say otherwise. */
export const plainSpec = { size: 'dev' };
