import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parseDuration } from '../../lib/duration.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import type { Parsed, Problem } from '../problem.ts';
import { lean } from '../schema/lean.ts';
import type { AgentConfig } from './agent-config.ts';
import type { AgentConfigFile } from './config-file.ts';
import { configSchema } from './schema.ts';

// Compiling takes a quarter of the start of a command that never parses one.
let compiled: ValidateFunction<AgentConfigFile> | undefined;

function compile(): ValidateFunction<AgentConfigFile> {
  const ajv = new Ajv({ ...lean, allErrors: true, useDefaults: true });
  ajv.addFormat('duration', (value: string) => parseDuration(value) !== undefined);
  ajv.addFormat('quantity', (value: string) => parseQuantity(value) !== undefined);
  ajv.addFormat('http-url', (value: string) => /^https?:\/\/[^/]+/.test(value) && URL.canParse(value));
  return ajv.compile<AgentConfigFile>(configSchema);
}

/** Checks the text of a configuration file and fills the defaults. Never throws. */
export function parseAgentConfig(json: string): Parsed<AgentConfig> {
  const file = parsedJson(json);
  if (file instanceof Error) {
    return { ok: false, problems: [{ path: '', reason: file.message, fix: 'write one JSON object' }] };
  }
  const valid = (compiled ??= compile());
  if (!valid(file)) return { ok: false, problems: (valid.errors ?? []).map(toProblem) };
  return { ok: true, value: toConfig(file) };
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const formats: Readonly<Record<string, string>> = {
  duration: 'write a duration such as "500ms", "10s" or "1h30m"',
  quantity: 'write a Kubernetes quantity such as "200m" or "256Mi"',
  'http-url': 'write a URL such as "http://collector:4318"',
};

function toProblem(error: ErrorObject): Problem {
  const path = error.instancePath
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
  const reason = error.message ?? error.keyword;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties':
      return {
        path,
        reason: `unknown key "${params['additionalProperty']}"`,
        fix: 'remove it or correct its spelling',
      };
    case 'required':
      return { path, reason: `"${params['missingProperty']}" is missing`, fix: `add "${params['missingProperty']}"` };
    case 'enum':
      return { path, reason, fix: `write one of ${(params['allowedValues'] as string[]).join(', ')}` };
    case 'format':
      return { path, reason, fix: formats[params['format'] as string] ?? reason };
    default:
      return { path, reason, fix: `make it a value that ${reason.replace(/^must/, 'can')}` };
  }
}

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
