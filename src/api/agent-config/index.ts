// What the agent needs of the contract, apart from the rest: an agent on every node must not load the whole resource.
export type { AgentConfig, Discovery, LabelSelector, MetricFamily, RouteRule, Sampling } from './agent-config.ts';
export type { AgentConfigFile } from './config-file.ts';
export { parseAgentConfig } from './parse.ts';
export type { Parsed, Problem } from '../problem.ts';
