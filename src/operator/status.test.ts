import { describe, expect, test } from '@jest/globals';
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

  test('keeps what describes the applied spec while a wrong one is held back', () => {
    const previous = {
      endpoints: { tempo: 'http://demo-tempo.x.svc:3200' },
      versions: { tempo: 'grafana/tempo:2.9.0' },
    };
    const seen = observation({ problems: [{ path: 'spec.size', reason: 'r', fix: 'f' }] });
    expect(statusAt(early, seen, previous)).toMatchObject(previous);
  });
});
