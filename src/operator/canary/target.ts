import type { Endpoints } from '../../stack/index.ts';
import type { PipelineSeen, Signal } from '../observation/observation.ts';
import type { AlloyPods } from './evidence.ts';

/** What the canary of one stack needs to know; given anew with every pass. */
export interface Target {
  readonly endpoints: Endpoints;
  /** Whether everything on the way is ready, so that a first canary has a chance. */
  readonly ready: boolean;
  /** Changes when something rolls out; a canary follows at once. */
  readonly fingerprint: string;
  readonly decisionWaitMs: number;
  readonly pods: () => AlloyPods;
  /** What was known before this process started, so that a restart changes nothing. */
  readonly known: readonly PipelineSeen[];
}

const everySignal: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** The signals that have a backend of this stack behind them. */
export function testedSignals({ tempo, mimir, loki }: Endpoints): Signal[] {
  const backends = { traces: tempo, metrics: mimir, logs: loki };
  return everySignal.filter((signal) => backends[signal] !== undefined);
}

/** One entry a signal: what is known, `Unknown` where nothing is, `Disabled` where there is no backend. */
export function pipelinesOf(tested: readonly Signal[], known: readonly PipelineSeen[]): PipelineSeen[] {
  return everySignal.map((signal) => {
    if (!tested.includes(signal)) return { signal, state: 'Disabled', hop: '' };
    const before = known.find((p) => p.signal === signal);
    return before === undefined || before.state === 'Disabled' ? { signal, state: 'Unknown', hop: '' } : before;
  });
}
