import type { Stack } from '../api/index.ts';
import type { Wiring } from './wiring.ts';

type Signal = 'traces' | 'metrics' | 'logs';
export type Sink = Stack['spec']['collection']['exportTo'][number];

/** Where each signal of this stack ends. A signal without any target is not received at all. */
export interface Targets {
  readonly tempo: Wiring['tempo'];
  readonly loki: Wiring['loki'];
  /** Prometheus remote-write endpoints: Mimir first, then `metrics.remoteWrite`. */
  readonly remoteWrites: readonly { readonly name: string; readonly url: string }[];
  sinksOf(signal: Signal): readonly Sink[];
  has(signal: Signal): boolean;
}

export function targetsOf({ spec }: Stack, wiring: Wiring): Targets {
  const tempo = spec.traces.backend === 'Tempo' ? wiring.tempo : undefined;
  const loki = spec.logs.backend === 'Loki' ? wiring.loki : undefined;
  const mimir = spec.metrics.backend === 'Mimir' ? wiring.mimir : undefined;
  const remoteWrites = [
    ...(mimir === undefined ? [] : [{ name: 'mimir', url: mimir.remoteWrite }]),
    // The prefix keeps a target called mimir apart from ours.
    ...spec.metrics.remoteWrite.map(({ name, url }) => ({ name: `remote-${name}`, url })),
  ];
  const sinksOf = (signal: Signal) => spec.collection.exportTo.filter(({ signals }) => signals.includes(signal));
  const backends = { traces: tempo !== undefined, metrics: remoteWrites.length > 0, logs: loki !== undefined };
  return {
    tempo,
    loki,
    remoteWrites,
    sinksOf,
    has: (signal) => backends[signal] || sinksOf(signal).length > 0,
  };
}

/** Whether the samplers have anything to do: traces to keep, or metrics to count from them. */
export function needsSampler(targets: Targets): boolean {
  return targets.has('traces') || targets.has('metrics');
}
