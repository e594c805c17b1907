import type { Component, Context } from '../component.ts';
import { monolith } from '../monolith.ts';
import { lokiConfig } from './config.ts';

/** The log store. */
export function loki(context: Context): Component {
  return monolith(context, {
    component: 'loki',
    config: lokiConfig(context.stack),
    settings: context.stack.spec.logs,
  });
}
