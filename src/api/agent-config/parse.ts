import { parseDuration } from '../../lib/duration.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import type { Parsed } from '../problem.ts';
import type { AgentConfig } from './agent-config.ts';
import { check, type Formats } from './check.ts';
import type { AgentConfigFile } from './config-file.ts';
import { configSchema } from './schema.ts';

/** Checks the text of a configuration file and fills the defaults. Never throws. */
export function parseAgentConfig(json: string): Parsed<AgentConfig> {
  const file = parsedJson(json);
  if (file instanceof Error) {
    return { ok: false, problems: [{ path: '', reason: file.message, fix: 'write one JSON object' }] };
  }
  const problems = check(configSchema, file, formats);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: toConfig(file as AgentConfigFile) };
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const formats: Formats = {
  duration: {
    accepts: (text) => parseDuration(text) !== undefined,
    fix: 'write a duration such as "500ms", "10s" or "1h30m"',
  },
  quantity: {
    accepts: (text) => parseQuantity(text) !== undefined,
    fix: 'write a Kubernetes quantity such as "200m" or "256Mi"',
  },
  'http-url': {
    accepts: (text) => /^https?:\/\/[^/]+/.test(text) && URL.canParse(text),
    fix: 'write a URL such as "http://collector:4318"',
  },
};

function toConfig(file: AgentConfigFile): AgentConfig {
  const { keep, limit, baselinePercent, services } = file.sampling;
  const { podSelector } = file.discovery;
  return {
    node: file.node,
    clusterName: file.clusterName,
    intervalMs: Math.max(100, ms(file.interval)),
    discovery: {
      ...file.discovery,
      podSelector: {
        ...podSelector,
        matchExpressions: podSelector.matchExpressions.map((term) => ({ ...term, values: term.values ?? [] })),
      },
    },
    routes: file.routes,
    sampling: {
      baselinePercent,
      keepErrors: keep.errors,
      slowerThanMs: ms(keep.slowerThan),
      services,
      spansPerSecond: limit.spansPerSecond,
    },
    capture: { ...file.capture, headers: file.capture.headers.map((name) => name.toLowerCase()) },
    metrics: file.metrics,
    budget: { cpuCores: parseQuantity(file.budget.cpu) ?? 0, memoryBytes: parseQuantity(file.budget.memory) ?? 0 },
    otlp: file.otlp,
    healthPort: file.health.port,
  };
}

function ms(duration: string): number {
  return parseDuration(duration) ?? 0;
}
