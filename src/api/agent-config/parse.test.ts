import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parseAgentConfig } from './parse.ts';
import { configSchema } from './schema.ts';

const least = { otlp: { endpoint: 'http://collector:4319' } };

describe('a good file', () => {
  test('needs nothing but where to send', () => {
    expect(parseAgentConfig(JSON.stringify(least))).toEqual({
      ok: true,
      value: {
        node: '',
        clusterName: '',
        intervalMs: 10_000,
        discovery: {
          namespaces: { include: [], exclude: [] },
          podSelector: { matchLabels: {}, matchExpressions: [] },
          ports: [],
          executables: [],
          pids: [],
          reportingThemselves: 'Skip',
        },
        routes: [],
        sampling: { baselinePercent: 10, keepErrors: true, slowerThanMs: 0, services: [], spansPerSecond: 0 },
        capture: { headers: [], query: false },
        metrics: { families: ['application', 'spanMetrics', 'serviceGraph'], seriesLimit: 10_000 },
        budget: { cpuCores: 0.2, memoryBytes: 256 * 2 ** 20 },
        otlp: { endpoint: 'http://collector:4319', headers: {} },
        healthPort: 9465,
      },
    });
  });

  test('says durations, quantities and shares as the resource does', () => {
    const parsed = parseAgentConfig(
      JSON.stringify({
        ...least,
        interval: '1m',
        budget: { cpu: '1', memory: '1Gi' },
        sampling: { baselinePercent: 0.1, keep: { slowerThan: '1.5s' }, services: [{ name: 'pay', percent: 100 }] },
        discovery: { podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
      }),
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        intervalMs: 60_000,
        budget: { cpuCores: 1, memoryBytes: 2 ** 30 },
        sampling: { baselinePercent: 0.1, keepErrors: true, slowerThanMs: 1500 },
        discovery: { podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists', values: [] }] } },
      },
    });
  });
});

test.each([
  ['no JSON', '{', { path: '', fix: 'write one JSON object' }],
  ['no receiver', '{}', { path: '', reason: '"otlp" is missing' }],
  [
    'a misspelt key',
    JSON.stringify({ ...least, sampling: { baselinPercent: 1 } }),
    { path: 'sampling', reason: 'unknown key "baselinPercent"' },
  ],
  [
    'a share above all',
    JSON.stringify({ ...least, sampling: { services: [{ name: 'a', percent: 101 }] } }),
    { path: 'sampling.services[0].percent', fix: 'make it a value that can be <= 100' },
  ],
  [
    'a duration without a unit',
    JSON.stringify({ ...least, interval: '10' }),
    { path: 'interval', fix: expect.stringContaining('"500ms"') },
  ],
  [
    'a quantity of nothing',
    JSON.stringify({ ...least, budget: { cpu: 'much' } }),
    { path: 'budget.cpu', fix: expect.stringContaining('"200m"') },
  ],
  [
    'an endpoint without a scheme',
    JSON.stringify({ otlp: { endpoint: 'collector:4318' } }),
    { path: 'otlp.endpoint', fix: expect.stringContaining('"http://collector:4318"') },
  ],
  [
    'an unknown choice',
    JSON.stringify({ ...least, discovery: { reportingThemselves: 'Maybe' } }),
    { path: 'discovery.reportingThemselves', fix: 'write one of Skip, Instrument' },
  ],
])('%s is refused with its place and a fix', (_case, json, problem) => {
  expect(parseAgentConfig(json)).toMatchObject({ ok: false, problems: [problem] });
});

test('the schema is a sound one', () => {
  const strict = new Ajv({ strict: true, strictRequired: false });
  for (const format of ['duration', 'quantity', 'http-url']) strict.addFormat(format, true);
  expect(() => strict.compile(configSchema)).not.toThrow();
});
