/** Everything one agent needs to know. The file it comes from uses the words of the resource (`spec.instrumentation`, `spec.sampling`). */
export interface AgentConfig {
  /** Name of the Kubernetes node; with it the agent watches the node's pods and instruments only processes in pods. */
  readonly node: string;
  readonly clusterName: string;
  /** Between two exports of metrics. */
  readonly intervalMs: number;
  readonly discovery: Discovery;
  readonly routes: readonly RouteRule[];
  readonly sampling: Sampling;
  readonly capture: { readonly headers: readonly string[]; readonly query: boolean };
  readonly metrics: { readonly families: readonly MetricFamily[]; readonly seriesLimit: number };
  readonly budget: { readonly cpuCores: number; readonly memoryBytes: number };
  /** An empty endpoint sends nothing (local table only; a file must name one). */
  readonly otlp: { readonly endpoint: string; readonly headers: Readonly<Record<string, string>> };
  /** TCP port of /healthz, /readyz and /metrics; 0 serves none. */
  readonly healthPort: number;
}

export type MetricFamily = 'application' | 'spanMetrics' | 'serviceGraph';

/** Which processes are looked at. Nothing else is touched. */
export interface Discovery {
  readonly namespaces: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly podSelector: LabelSelector;
  readonly ports: readonly number[];
  /** Globs over the path of the executable. */
  readonly executables: readonly string[];
  /** Processes named outright, with their descendants; only without a node name. */
  readonly pids: readonly number[];
  /** Processes whose own SDK reports: counted by both, every request would be there twice. */
  readonly reportingThemselves: 'Skip' | 'Instrument';
}

/** As in the Kubernetes API. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

/** A path that matches (`*` is one segment, a last `**` any number) is reported as `as`. */
export interface RouteRule {
  readonly match: string;
  readonly as: string;
}

export interface Sampling {
  readonly baselinePercent: number;
  readonly keepErrors: boolean;
  /** 0 = slowness keeps nothing. */
  readonly slowerThanMs: number;
  readonly services: readonly { readonly name: string; readonly percent: number }[];
  /**
   * What each service keeps at most on one node, whatever its verdict, errors too; 0 = no limit. A stack leaves it at 0: its
   * own limit is one of the samplers, which keep errors beyond it.
   */
  readonly spansPerSecond: number;
}
