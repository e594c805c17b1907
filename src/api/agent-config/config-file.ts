import type { Discovery, MetricFamily, RouteRule } from './agent-config.ts';

/** The agent's file as it is written, every default filled. The keys and units are those of the resource. */
export interface AgentConfigFile {
  /** Empty where the pod's environment names the node. */
  readonly node: string;
  readonly clusterName: string;
  readonly interval: string;
  readonly discovery: Discovery;
  readonly routes: readonly RouteRule[];
  readonly sampling: {
    readonly baselinePercent: number;
    readonly keep: { readonly errors: boolean; readonly slowerThan: string };
    readonly services: readonly { readonly name: string; readonly percent: number }[];
    readonly limit: { readonly spansPerSecond: number };
  };
  readonly capture: { readonly headers: readonly string[]; readonly query: boolean };
  readonly metrics: { readonly families: readonly MetricFamily[]; readonly seriesLimit: number };
  readonly budget: { readonly cpu: string; readonly memory: string };
  readonly otlp: { readonly endpoint: string; readonly headers: Readonly<Record<string, string>> };
  readonly health: { readonly port: number };
}
