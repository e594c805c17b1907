import { expect, test } from '@jest/globals';
import type { KubeObject } from './component.ts';
import { configHashAnnotation } from './config-hash.ts';
import { everything, objectsOf, podTemplates, someFacts, type SomeSpec } from './specimen.ts';

function changed(before: readonly KubeObject[], after: readonly KubeObject[]): readonly string[] {
  const text = new Map(before.map((object) => [`${object.kind}/${object.metadata.name}`, JSON.stringify(object)]));
  return after
    .map((object) => [`${object.kind}/${object.metadata.name}`, JSON.stringify(object)] as const)
    .filter(([name, now]) => text.get(name) !== now)
    .map(([name]) => name);
}

function rolled(before: readonly KubeObject[], after: readonly KubeObject[]): readonly string[] {
  const old = podTemplates(before);
  return [...podTemplates(after)]
    .filter(([component, template]) => JSON.stringify(old.get(component)) !== JSON.stringify(template))
    .map(([component]) => component);
}

const both = ['ConfigMap/demo-sampling', 'ConfigMap/demo-agent'];
const samplers = ['ConfigMap/demo-sampling'];

test.each<[string, SomeSpec, readonly string[]]>([
  ['the baseline', { sampling: { baselinePercent: 3 } }, both],
  ['the percentage of a service', { sampling: { services: [{ name: 'checkout', percent: 50 }] } }, both],
  ['what is kept as slow', { sampling: { keep: { slowerThan: '2s' } } }, both],
  ['whether errors are kept', { sampling: { keep: { errors: false } } }, both],
  ['attributes that are kept', { sampling: { keep: { attributes: [{ key: 'tier', values: ['gold'] }] } } }, both],
  ['routes that are dropped', { sampling: { drop: [{ name: 'health', route: '/healthz' }] } }, samplers],
  ['the mode', { sampling: { mode: 'Observe' } }, both],
  ['how routes are named', { instrumentation: { routes: [{ match: '/a', as: '/b' }] } }, ['ConfigMap/demo-agent']],
])('%s changes numbers that are followed and nothing else', (_title, spec, changes) => {
  expect(changed(objectsOf(), objectsOf(spec))).toEqual(changes);
});

test.each<[string, SomeSpec, readonly string[]]>([
  ['retention of traces', { traces: { retention: '7d' } }, ['tempo']],
  ['retention of metrics', { metrics: { retention: '90d' } }, ['mimir']],
  ['retention of logs', { logs: { retention: '48h' } }, ['loki']],
  ['the decision wait', { sampling: { decisionWait: '20s' } }, ['alloy-sampler']],
  ['pod logs', { collection: { podLogs: { enabled: false } } }, ['alloy-node']],
  ['a log store less', { logs: { backend: 'None' } }, ['alloy-node', 'grafana']],
  ['the dashboards', { grafana: { dashboards: { defaults: false } } }, ['grafana']],
])('%s rolls only who reads it', (_title, spec, components) => {
  expect(rolled(objectsOf(), objectsOf(spec))).toEqual(components);
});

test('an edited Secret rolls the pods that hold it, a foreign one nobody', () => {
  const before = withHash({ 'Secret/vendor-token': 'one' });
  expect(rolled(before, withHash({ 'Secret/vendor-token': 'two' }))).toEqual(['alloy-sampler', 'alloy-node']);
  expect(rolled(before, withHash({ 'Secret/vendor-token': 'one', 'Secret/other': 'x' }))).toEqual([]);
});

test('another password rolls Grafana', () => {
  const before = objectsOf(everything);
  expect(rolled(before, objectsOf(everything, { ...someFacts, grafanaPassword: 'other' }))).toEqual(['grafana']);
});

test('an override of a configuration rolls its pods', () => {
  const patch = { data: { 'tempo.yaml': 'server: {}\n' } };
  expect(rolled(objectsOf(), objectsOf({ overrides: [{ kind: 'ConfigMap', name: 'demo-tempo', patch }] }))).toEqual([
    'tempo',
  ]);
});

test('every pod carries a hash', () => {
  for (const { metadata } of podTemplates(objectsOf()).values()) {
    expect(metadata.annotations[configHashAnnotation]).toMatch(/^[0-9a-f]{16}$/);
  }
});

function withHash(contentHashes: Readonly<Record<string, string>>): readonly KubeObject[] {
  return objectsOf(everything, { ...someFacts, contentHashes });
}
