export type { AgentConfig, Discovery, LabelSelector, MetricFamily, RouteRule, Sampling } from './agent-config.ts';
export { parseConfig, type ConfigProblem, type ParsedConfig } from './parse.ts';
export { ConfigWatch, type ConfigEvents } from './watch.ts';
