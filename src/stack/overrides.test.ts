import { expect, test } from '@jest/globals';
import { plan } from './plan.ts';
import { objectOf, objectsOf, podTemplates, someFacts, someStack } from './specimen.ts';

test('a patch adds, replaces and removes fields of the object it names, and of no other', () => {
  const patch = {
    metadata: { annotations: { team: 'blue' } },
    spec: { replicas: 2, template: { spec: { priorityClassName: 'high', enableServiceLinks: null } } },
  };
  const objects = objectsOf({ overrides: [{ kind: 'StatefulSet', name: 'demo-tempo', patch }] });
  const { metadata, ...rest } = objectOf('StatefulSet', 'demo-tempo', objects);
  expect(metadata.annotations).toEqual({ team: 'blue' });
  expect(rest['spec']).toMatchObject({ replicas: 2, template: { spec: { priorityClassName: 'high' } } });
  expect(podTemplates(objects).get('tempo')?.spec).not.toHaveProperty('enableServiceLinks');
  expect(podTemplates(objects).get('loki')?.spec).toHaveProperty('enableServiceLinks');
});

test('a patch that hits nothing is a problem with a way out, and the rest is rendered', () => {
  const overrides = [{ kind: 'StatefulSet', name: 'demo-grafana', patch: { spec: { replicas: 2 } } }] as const;
  const { components, problems } = plan(someStack({ overrides }), someFacts);
  expect(components).toHaveLength(7);
  expect(problems).toEqual([
    {
      path: 'spec.overrides[0]',
      reason: 'the stack renders no StatefulSet named demo-grafana',
      fix: 'name an object that `ostack render` prints, or remove the override',
    },
  ]);
});

test('a further configuration that cannot be used is a problem, and what we collect ourselves goes on', () => {
  const { components, problems } = plan(
    someStack({ collection: { extraConfig: 'otelcol.exporter.otlp "x" {' } }),
    someFacts,
  );
  expect(problems.map(({ path }) => path)).toEqual(['spec.collection.extraConfig']);
  expect(JSON.stringify(components)).toContain('otelcol.receiver.otlp');
});
