export { parseConfig, type AgentConfig, type ConfigProblem } from './config/index.ts';
export { hostEnvironment } from './host-environment.ts';
export { runLocal, type LocalRun, type RouteView, type Summary, type Terminal } from './local/index.ts';
export {
  InvalidConfig,
  startAgent,
  startAgentFromFile,
  type AgentEnvironment,
  type RunningAgent,
} from './start-agent.ts';
export type { Readiness } from './health/index.ts';
