import type { Component, Context } from '../component.ts';
import { monolith } from '../monolith.ts';
import { tempoConfig } from './config.ts';

/** The trace store. */
export function tempo(context: Context): Component {
  return monolith(context, {
    component: 'tempo',
    config: tempoConfig(context.stack),
    settings: context.stack.spec.traces,
  });
}
