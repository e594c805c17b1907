import { expect, test } from '@jest/globals';
import { crd, parseStack } from '../api/index.ts';
import type { KubeObject } from './component.ts';
import { plan } from './plan.ts';
import { everything, objectOf, objectsOf, podTemplates, someFacts, someStack, type SomeSpec } from './specimen.ts';

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

type Override = NonNullable<SomeSpec['overrides']>[number];
type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every patch of an object that puts `value` in the place of one of its fields that hold others, or of one of its labels. */
function patches(part: Tree, value: unknown): readonly Tree[] {
  return Object.entries(part).flatMap(([key, inner]): readonly Tree[] => {
    const below = isTree(inner) ? patches(inner, value).map((patch) => ({ [key]: patch })) : [];
    return isTree(inner) || key.includes('/') ? [{ [key]: value }, ...below] : below;
  });
}

/** What a stack renders under those of the overrides that are not refused. */
function patched(overrides: readonly Override[]): readonly KubeObject[] {
  const resource = { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata: { name: 'demo' } };
  const parsed = parseStack({ ...resource, spec: { ...everything, overrides } });
  if (parsed.ok) return plan(parsed.value, someFacts).components.flatMap(({ objects }) => objects);
  const refused = parsed.problems.map(({ path }) => Number(/^spec\.overrides\[(\d+)\]/.exec(path)?.[1]));
  expect(refused).not.toContain(NaN);
  return patched(overrides.filter((_, index) => !refused.includes(index)));
}

test.each([null, 'text', 7, []])(
  'no patch of %j that is taken breaks the plan or takes away what objects and pods are found by',
  (value) => {
    const before = objectsOf(everything);
    const targets = before
      .filter(({ metadata }) => !metadata.name.endsWith('-dashboard'))
      .map((object) => ({ kind: object.kind, name: object.metadata.name, patches: patches(object, value) }));
    const rounds = Math.max(...targets.map((target) => target.patches.length));
    expect(rounds).toBeGreaterThan(20);
    for (let round = 0; round < rounds; round++) {
      const overrides = targets.flatMap(({ kind, name, patches: all }) =>
        all[round] === undefined ? [] : [{ kind, name, patch: all[round] } as unknown as Override],
      );
      expect(labels(patched(overrides))).toMatchObject(labels(before));
    }
  },
);

function labels(objects: readonly KubeObject[]): object {
  return {
    ofObjects: objects.map(({ metadata }) => metadata.labels),
    ofPods: Object.fromEntries(
      [...podTemplates(objects)].map(([component, { metadata }]) => [component, metadata.labels]),
    ),
  };
}

test('the kinds that can be patched are those a stack has', () => {
  const { overrides } = crd.spec.versions[0]!.schema.openAPIV3Schema.properties.spec['properties'] as never as {
    overrides: { items: { properties: { kind: { enum: string[] } } } };
  };
  const held = new Set(objectsOf(everything).map(({ kind }) => kind));
  expect(overrides.items.properties.kind.enum.toSorted()).toEqual([...held].sort());
});
