export {
  parseAgentConfig as parseConfig,
  type AgentConfig,
  type Discovery,
  type LabelSelector,
  type MetricFamily,
  type Problem as ConfigProblem,
  type RouteRule,
  type Sampling,
} from '../../api/agent-config/index.ts';
export { ConfigWatch, type ConfigEvents } from './watch.ts';
