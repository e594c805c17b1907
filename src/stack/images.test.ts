import { expect, test } from '@jest/globals';
import { imageOf } from './images.ts';
import { everything, objectsOf, podTemplates, someFacts, someStack, type SomeSpec } from './specimen.ts';

const components = ['alloy-node', 'alloy-sampler', 'tempo', 'mimir', 'loki', 'grafana'] as const;

test.each(components)('%s has a pinned public image by default', (component) => {
  expect(imageIn({}, component)).toMatch(/^docker\.io\/grafana\/[a-z]+:v?\d+\.\d+\.\d+$/);
});

test('a registry takes the place of the public one, and keeps path and tag', () => {
  expect(imageIn(everything, 'alloy-node')).toBe('registry.example.com:5000/mirror/grafana/alloy:v1.11.0');
});

test('an override is taken as it is, by both Alloy roles', () => {
  const spec = { images: { registry: 'r.example.com', overrides: { alloy: 'a.test/alloy:1' } } };
  expect([imageIn(spec, 'alloy-node'), imageIn(spec, 'alloy-sampler')]).toEqual(['a.test/alloy:1', 'a.test/alloy:1']);
});

test('the agent is the program the operator is, wherever that came from', () => {
  expect(imageIn(everything, 'agent')).toBe(someFacts.operatorImage);
  expect(imageIn({ images: { overrides: { agent: 'a.test/ostack:2' } } }, 'agent')).toBe('a.test/ostack:2');
});

test('pull secrets reach every pod', () => {
  for (const { spec } of podTemplates(objectsOf(everything)).values()) {
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry-token' }] });
  }
});

function imageIn(spec: SomeSpec, component: Parameters<typeof imageOf>[1]): string {
  return imageOf({ stack: someStack(spec), facts: someFacts }, component);
}
