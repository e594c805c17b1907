import type { Part } from './part.ts';

/** Parts that only want stacks: the time until all are Ready and the operator's memory are seen with every number of them. */
export const stackCounts: readonly Part[] = [
  { name: 'twenty', stacks: 20, measure: async () => ({}) },
  { name: 'hundred', stacks: 100, measure: async () => ({}) },
  { name: 'thousand', stacks: 1000, minutes: 8, measure: async () => ({}) },
];
