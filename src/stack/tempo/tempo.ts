import type { Component, Context } from '../component.ts';
import { monolith } from '../monolith.ts';
import { tempoConfig } from './config.ts';

/**
 * Tempo 2.9 never ends by itself if it was asked anything in its last half minute: its frontend waits for a queue to go
 * that nothing cleans any more. By then all it took in is on the volume, so waiting longer only keeps it away.
 */
const gracePeriodSeconds = 15;

/** The trace store. */
export function tempo(context: Context): Component {
  return monolith(context, {
    component: 'tempo',
    config: tempoConfig(context.stack),
    gracePeriodSeconds,
    settings: context.stack.spec.traces,
  });
}
