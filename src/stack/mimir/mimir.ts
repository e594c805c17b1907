import type { Component, Context } from '../component.ts';
import { monolith } from '../monolith.ts';
import { mimirConfig } from './config.ts';

/** The metric store. */
export function mimir(context: Context): Component {
  return monolith(context, {
    component: 'mimir',
    config: mimirConfig(context.stack),
    settings: context.stack.spec.metrics,
  });
}
