import { loki } from './loki.ts';
import { ends } from './otelcol-ends.ts';
import { processors } from './otelcol-processors.ts';
import { prometheus } from './prometheus.ts';
import { shape, type ComponentKind, type Shape } from './shape.ts';

const components: ReadonlyMap<string, ComponentKind> = new Map(
  Object.entries({ ...processors, ...ends, ...prometheus, ...loki }),
);

/** Every component we write, as Alloy 1.11 defines it. */
export const componentNames: readonly string[] = [...components.keys()];

/** A component we know inside out; undefined for those we never write. */
export function componentKind(name: string): ComponentKind | undefined {
  return components.get(name);
}

/** Blocks that configure Alloy itself. */
export const settings: ReadonlyMap<string, Shape> = new Map([
  ['logging', shape({ level: 'string', format: 'string', write_to: { listOf: 'loki receiver' } })],
]);
