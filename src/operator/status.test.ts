import { describe, expect, test } from '@jest/globals';
import { parseStack } from '../api/index.ts';
import { plan } from '../stack/index.ts';
import { judge } from './conditions/chain.ts';
import { conditionsOf, statusOf } from './status.ts';
import { component, observation } from './testing/observation.fixture.ts';

const early = '2026-01-01T00:00:00Z';
const late = '2026-01-02T00:00:00Z';
const statusAt = (now: string, seen = observation(), previous = {}) =>
  statusOf({ previous, seen, verdicts: judge(seen), inForce: undefined, inventory: [], now });

describe('a status', () => {
  test('does not change while nothing does', () => {
    const first = statusAt(early);
    expect(statusAt(late, observation(), first)).toEqual(first);
  });

  test('moves lastTransitionTime only of conditions whose status moves', () => {
    const first = statusAt(early);
    const next = statusAt(late, observation({}, [component('tempo', { ready: 1 })]), first);
    const moved = next.conditions?.filter((c) => c.lastTransitionTime === late).map((c) => c.type);
    expect(moved).toEqual(['Ready', 'Reconciling', 'TracesReady']);
  });

  test('keeps lastTransitionTime where only the reason moves', () => {
    const [condition] = conditionsOf(
      [
        {
          type: 'TracesReady',
          status: 'False',
          reason: 'Progressing',
          message: 'm',
          lastTransitionTime: early,
          observedGeneration: 1,
        },
      ],
      [{ type: 'TracesReady', status: 'False', reason: 'CrashLooping', message: 'boom' }],
      2,
      late,
    );
    expect(condition).toEqual({
      type: 'TracesReady',
      status: 'False',
      reason: 'CrashLooping',
      message: 'boom',
      lastTransitionTime: early,
      observedGeneration: 2,
    });
  });

  test('has the generation it is about in every place', () => {
    const status = statusAt(early);
    expect([status.observedGeneration, ...(status.conditions ?? []).map((c) => c.observedGeneration)]).toEqual(
      Array(11).fill(3),
    );
  });

  test('counts pods by component', () => {
    const status = statusAt(early, observation({}, [component('tempo', { ready: 1 })]));
    expect(status.components?.[0]).toEqual({
      name: 'tempo',
      kind: 'StatefulSet',
      desired: 3,
      ready: 1,
      updated: 3,
      state: 'Progressing',
      message: 'StatefulSet demo-tempo: 1 of 3 pods ready, 3 of 3 updated',
    });
    expect(status.components?.[1]).toMatchObject({ name: 'mimir', state: 'Ready', message: '' });
  });

  test('tells every value the size decided, and what an agent may cost', () => {
    const effectiveOf = (size: string) => {
      const metadata = { name: 'demo', namespace: 'observability' };
      const parsed = parseStack({
        apiVersion: 'ostack.io/v1alpha1',
        kind: 'ObservabilityStack',
        metadata,
        spec: { size },
      });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const facts = {
        contentHashes: {},
        samplerAutoscaled: false,
        operatorImage: 'ostack',
        operatorNamespace: 'ostack',
      };
      const inForce = {
        stack: parsed.value,
        plan: plan(parsed.value, facts),
        samplingHash: '',
      };
      const seen = observation();
      return statusOf({ previous: {}, seen, verdicts: judge(seen), inForce, inventory: [], now: early }).effective;
    };
    const dev = effectiveOf('dev');
    expect(dev?.metrics).toEqual({ maxSeries: 150_000 });
    expect(dev?.resources?.['agent']).toEqual({
      requests: { cpu: '200m', memory: '256Mi' },
      limits: { memory: '256Mi' },
    });
    const bySize = leaves(dev).filter((leaf) => !/agent|storageClass/.test(leaf));
    expect(bySize).toHaveLength(26);
    expect(bySize.filter((leaf) => leaves(effectiveOf('large')).includes(leaf))).toEqual([]);
  });

  test('keeps what describes the applied spec while a wrong one is held back', () => {
    const previous = {
      endpoints: { tempo: 'http://demo-tempo.x.svc:3200' },
      versions: { tempo: 'grafana/tempo:2.9.0' },
    };
    const seen = observation({ problems: [{ path: 'spec.size', reason: 'r', fix: 'f' }] });
    expect(statusAt(early, seen, previous)).toMatchObject(previous);
  });
});

/** Each value below an object with the path to it. */
function leaves(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path}=${String(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}
