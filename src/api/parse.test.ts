import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { writtenSpec } from './arbitrary.fixture.ts';
import { parseChange, parseStack, parseStored, type Problem, type Stack } from './index.ts';
import { carrying } from './wrong-specs.ts';

function good(resource: unknown): Stack {
  const parsed = parseStack(resource);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const volume = (size: string) => ({ volume: { size } });

function problemsOf(resource: unknown): readonly Problem[] {
  const parsed = parseStack(resource);
  return parsed.ok ? [] : parsed.problems;
}

describe('generated specs', () => {
  test('parse, and parsing what came out changes nothing', () => {
    fc.assert(
      fc.property(writtenSpec, (written) => {
        const { spec } = good(carrying(written));
        expect(good(carrying(spec)).spec).toEqual(spec);
      }),
      { numRuns: 40, seed: 20_260_102, endOnFailure: true },
    );
  });

  test('keep what their author wrote', () => {
    fc.assert(
      fc.property(writtenSpec, (written) => {
        expect(good(carrying(written)).spec).toMatchObject(written as object);
      }),
      { numRuns: 40, seed: 20_260_103, endOnFailure: true },
    );
  });

  test('are never changed by parsing', () => {
    fc.assert(
      fc.property(writtenSpec, (written) => {
        const before = structuredClone(written);
        parseStack(carrying(written));
        expect(written).toEqual(before);
      }),
      { numRuns: 20, seed: 20_260_104, endOnFailure: true },
    );
  });
});

test('whatever comes, it is answered and not thrown', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.anything().map((spec) => carrying(spec)),
      ),
      (resource) => {
        const parsed = parseStack(resource);
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300, seed: 20_260_105 },
  );
});

test('a resource without a spec is a whole stack of size dev', () => {
  const { apiVersion, kind, metadata } = carrying({}) as { apiVersion: string; kind: string; metadata: object };
  const { spec, name, namespace, uid, generation } = good({ apiVersion, kind, metadata });
  expect({ name, namespace, uid, generation }).toEqual({
    name: 'demo',
    namespace: 'observability',
    uid: '',
    generation: 0,
  });
  expect(spec).toEqual(good(carrying({ size: 'dev' })).spec);
  expect(spec).toMatchObject({ size: 'dev', managementState: 'Managed', deletionPolicy: 'RetainData' });
});

test('identity comes from the metadata, and an unnamed namespace is default', () => {
  const resource = { ...carrying({}), metadata: { name: 'a', uid: 'u-1', generation: 7 } };
  expect(good(resource)).toMatchObject({ name: 'a', namespace: 'default', uid: 'u-1', generation: 7 });
});

test('an empty YAML key counts as left out, but nulls inside a patch are kept: they delete', () => {
  expect(good(carrying({ sampling: null, traces: { retention: null } }))).toEqual(good(carrying({})));
  const patch = { spec: { replicas: null } };
  const { spec } = good(carrying({ overrides: [{ kind: 'Deployment', name: 'demo-grafana', patch }] }));
  expect(spec.overrides[0]?.patch).toEqual(patch);
});

test('whole numbers are quantities too, and come out as text', () => {
  const { spec } = good(carrying({ traces: { resources: { requests: { cpu: 2 } }, volume: { size: 5_368_709_120 } } }));
  expect(spec.traces.resources.requests.cpu).toBe('2');
  expect(spec.traces.volume.size).toBe('5368709120');
});

test('a resource of another kind or version is told what to write', () => {
  const resource = { ...carrying({}), apiVersion: 'ostack.io/v1', kind: 'Stack' };
  expect(problemsOf(resource).map(({ path, fix }) => [path, fix])).toEqual([
    ['apiVersion', 'write apiVersion: ostack.io/v1alpha1'],
    ['kind', 'write kind: ObservabilityStack'],
  ]);
});

test('all problems come at once', () => {
  const wrong = { siez: 'dev', sampling: { baselinePercent: 101, services: [{ name: 'a', percent: 0.00001 }] } };
  expect(problemsOf(carrying(wrong)).map(({ path }) => path)).toEqual([
    'spec.siez',
    'spec.sampling.baselinePercent',
    'spec.sampling.services[0].percent',
  ]);
});

test('a stranger called __proto__ is an unknown field like others', () => {
  const wrong = JSON.parse('{"sampling": {"__proto__": {"baselinePercent": 1}, "constructor": 1}}') as unknown;
  expect(problemsOf(carrying(wrong)).map(({ path }) => path)).toEqual([
    'spec.sampling.__proto__',
    'spec.sampling.constructor',
  ]);
});

test('changes that keep every volume are fine, from small to large and back with written sizes', () => {
  const [small, large] = [carrying({ size: 'small' }), carrying({ size: 'large' })];
  const back = { size: 'small', traces: volume('500Gi'), metrics: volume('1Ti'), logs: volume('1024Gi') };
  expect(parseChange(small, large)).toEqual([]);
  expect(parseChange(large, carrying(back))).toEqual([]);
  expect(parseChange(large, small).map(({ path }) => path)).toEqual([
    'spec.traces.volume.size',
    'spec.metrics.volume.size',
    'spec.logs.volume.size',
  ]);
});

describe('what the API server has stored', () => {
  const newer = {
    size: 'small',
    sampling: { edge: { enabled: true }, services: [{ name: 'shop', percent: 5, boost: 1 }] },
  };

  test('is read without the fields of a newer version, which are named', () => {
    const { stack, unknownFields } = parseStored(carrying(newer) as Record<string, unknown>);
    expect(unknownFields).toEqual(['spec.sampling.edge', 'spec.sampling.services[0].boost']);
    expect(stack).toEqual(
      parseStack(carrying({ size: 'small', sampling: { services: [{ name: 'shop', percent: 5 }] } })),
    );
  });

  test('keeps whatever a patch of the user holds', () => {
    const overrides = [{ kind: 'Service', name: 'demo-tempo', patch: { spec: { anything: [1] } } }];
    const { stack, unknownFields } = parseStored(carrying({ overrides }) as Record<string, unknown>);
    expect(unknownFields).toEqual([]);
    expect(stack).toMatchObject({ ok: true, value: { spec: { overrides } } });
  });

  test('is refused where it is wrong', () => {
    const { stack } = parseStored(carrying({ ...newer, size: 'huge' }) as Record<string, unknown>);
    expect(stack.ok ? [] : stack.problems.map(({ path }) => path)).toEqual(['spec.size']);
  });
});
