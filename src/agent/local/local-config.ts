import type { AgentConfig } from '../config/index.ts';

/** What `ostack agent --local` is asked for. */
export interface LocalWish {
  readonly pids: readonly number[];
  readonly ports: readonly number[];
  readonly executables: readonly string[];
  /** OTLP/HTTP base URL; empty sends nothing. */
  readonly otlp: string;
  readonly percent: number;
  /** 0 keeps nothing for being slow. */
  readonly slowerThanMs: number;
  readonly intervalMs: number;
}

/** The configuration of an agent on one host, without a cluster. */
export function localConfig(wish: LocalWish): AgentConfig {
  return {
    node: '',
    clusterName: '',
    intervalMs: wish.intervalMs,
    discovery: {
      namespaces: { include: [], exclude: [] },
      podSelector: { matchLabels: {}, matchExpressions: [] },
      ports: wish.ports,
      executables: wish.executables,
      pids: wish.pids,
      // Who names a process wants to see it, whatever it reports elsewhere.
      reportingThemselves: 'Instrument',
    },
    routes: [],
    sampling: {
      baselinePercent: wish.percent,
      keepErrors: true,
      slowerThanMs: wish.slowerThanMs,
      services: [],
      spansPerSecond: 0,
    },
    capture: { headers: [], query: false },
    metrics: { families: ['application', 'spanMetrics', 'serviceGraph'], seriesLimit: 10_000 },
    budget: { cpuCores: 0, memoryBytes: 0 },
    otlp: { endpoint: wish.otlp, headers: {} },
    healthPort: 0,
  };
}

/** The wish in words: `pid 5, port 80, program "/srv/shop"`. */
export function wantedText({ pids, ports, executables }: LocalWish): string {
  return [
    ...pids.map((pid) => `pid ${pid}`),
    ...ports.map((port) => `port ${port}`),
    ...executables.map((glob) => `program "${glob}"`),
  ].join(', ');
}
