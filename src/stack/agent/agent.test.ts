import { describe, expect, test } from '@jest/globals';
import { parseAgentConfig, type AgentConfig } from '../../api/index.ts';
import { everything, objectOf, objectsOf, podTemplates, type SomeSpec } from '../specimen.ts';

/** The configuration as the agent itself reads what is rendered. */
function configOf(spec: SomeSpec = {}): AgentConfig {
  const { data } = objectOf('ConfigMap', 'demo-agent', objectsOf(spec)) as unknown as { data: Record<string, string> };
  const parsed = parseAgentConfig(data['agent.json'] ?? '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe('the file of the agents', () => {
  test.each<[string, SomeSpec]>([
    ['by default', {}],
    ['with everything on', everything],
  ])('is one the agent takes, %s', (_title, spec) => {
    expect(configOf(spec).otlp.endpoint).toBe('http://demo-alloy-node.observability.svc:4319');
  });

  test('leaves the stack itself alone, whatever else is selected', () => {
    const own = { key: 'app.kubernetes.io/part-of', operator: 'NotIn', values: ['ostack'] };
    const mine = { key: 'tier', operator: 'Exists', values: [] } as const;
    const spec = { instrumentation: { discovery: { podSelector: { matchExpressions: [mine] } } } };
    expect(configOf(spec).discovery.podSelector.matchExpressions).toEqual([mine, own]);
    for (const { metadata } of podTemplates(objectsOf()).values())
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'ostack' });
  });

  test.each<[string, SomeSpec['sampling'], object]>([
    ['as the samplers decide', { baselinePercent: 3 }, { baselinePercent: 3, keepErrors: true, slowerThanMs: 500 }],
    [
      'with the percentages of services',
      { services: [{ name: 'cart', percent: 50 }] },
      { services: [{ name: 'cart', percent: 50 }] },
    ],
    ['without errors', { keep: { errors: false } }, { keepErrors: false }],
    ['without slow ones', { keep: { slowerThan: '0s' } }, { slowerThanMs: 0 }],
    [
      'whole where nothing is to be dropped',
      { mode: 'Observe', services: [{ name: 'cart', percent: 1 }] },
      { baselinePercent: 100, services: [] },
    ],
    [
      'whole where attributes decide, which the kernel does not see',
      { keep: { attributes: [{ key: 'tenant', values: [] }] } },
      { baselinePercent: 100 },
    ],
    [
      'without the limit of the samplers, which spares errors',
      { limit: { spansPerSecond: 10 } },
      { spansPerSecond: 0 },
    ],
  ])('keeps spans %s', (_title, sampling, expected) => {
    expect(configOf({ ...(sampling && { sampling }) }).sampling).toMatchObject(expected);
  });

  test('begins to shed below the limit at which the kernel would end the agent', () => {
    const { budget } = configOf({ instrumentation: { budget: { cpu: '500m', memory: '500Mi' } } });
    expect(budget).toEqual({ cpuCores: 0.5, memoryBytes: 400 * 2 ** 20 });
    const spec = { instrumentation: { budget: { cpu: '500m', memory: '500Mi' } } };
    const [container] = podTemplates(objectsOf(spec)).get('agent')?.spec.containers ?? [];
    expect(container).toMatchObject({
      resources: { requests: { cpu: '500m', memory: '500Mi' }, limits: { memory: '500Mi' } },
    });
  });
});

test('a pod tells its agent which node it is on', () => {
  const [container] = podTemplates(objectsOf()).get('agent')?.spec.containers ?? [];
  expect(container?.args?.slice(-2)).toEqual(['--node', '$(K8S_NODE_NAME)']);
  expect(container?.env).toContainEqual({
    name: 'K8S_NODE_NAME',
    valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
  });
});

test('agents hand what they have to the collector of their own node', () => {
  const { hostname, port } = new URL(configOf().otlp.endpoint);
  const spec = objectOf('Service', hostname.split('.')[0] ?? '')['spec'];
  expect(spec).toMatchObject({ internalTrafficPolicy: 'Local' });
  expect((spec as { ports: unknown[] }).ports).toContainEqual({ name: 'otlp-internal', port: Number(port) });
});

test('an agent is rolled by what it reads only when it starts, and by nothing else of its file', () => {
  const rolledBy = (spec: SomeSpec) =>
    podTemplates(objectsOf(spec)).get('agent')?.metadata.annotations['ostack.io/config-hash'];
  expect(rolledBy({ topology: { clusterName: 'eu-1' } })).not.toBe(rolledBy({}));
  expect(rolledBy({ sampling: { baselinePercent: 1 }, instrumentation: { discovery: { ports: [80] } } })).toBe(
    rolledBy({}),
  );
});

test('nothing of the agent is there when it is turned off', () => {
  const text = JSON.stringify(
    objectsOf({ instrumentation: { enabled: false } }).filter(({ kind }) => kind !== 'ConfigMap'),
  );
  expect(text).not.toContain('demo-agent');
});

test('the metrics of the agents are collected like those of the others', () => {
  const { data } = objectOf('ConfigMap', 'demo-alloy-node') as unknown as { data: Record<string, string> };
  expect(data['config.alloy']).toContain('"agent;(.+)"');
});
