import { expect, test } from '@jest/globals';
import { imageOf } from './images.ts';
import { everything, objectsOf, podTemplates, someStack } from './specimen.ts';

const components = ['alloy-node', 'alloy-sampler', 'tempo', 'mimir', 'loki', 'grafana'] as const;

test.each(components)('%s has a pinned public image by default', (component) => {
  expect(imageOf(component, someStack().spec.images)).toMatch(/^docker\.io\/grafana\/[a-z]+:v?\d+\.\d+\.\d+$/);
});

test('a registry takes the place of the public one, and keeps path and tag', () => {
  const { images } = someStack(everything).spec;
  expect(imageOf('alloy-node', images)).toBe('registry.example.com:5000/mirror/grafana/alloy:v1.11.0');
});

test('an override is taken as it is, by both Alloy roles', () => {
  const { images } = someStack({ images: { registry: 'r.example.com', overrides: { alloy: 'a.test/alloy:1' } } }).spec;
  expect([imageOf('alloy-node', images), imageOf('alloy-sampler', images)]).toEqual([
    'a.test/alloy:1',
    'a.test/alloy:1',
  ]);
});

test('pull secrets reach every pod', () => {
  for (const { spec } of podTemplates(objectsOf(everything)).values()) {
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry-token' }] });
  }
});
