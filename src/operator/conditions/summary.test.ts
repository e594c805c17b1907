import { describe, expect, test } from '@jest/globals';
import { component, observation, off } from '../testing/observation.fixture.ts';
import { judge } from './chain.ts';

const told = (verdicts: ReturnType<typeof judge>) =>
  Object.fromEntries(verdicts.map((v) => [v.type, `${v.status} ${v.reason}`]));

const problem = { path: 'spec.sampling.services[0].percent', reason: 'is above 100', fix: 'write 0 to 100' };
const lostTraces = observation().pipelines.map((p) =>
  p.signal === 'traces' ? { ...p, state: 'Broken' as const, hop: 'alloy-sampler → tempo' } : p,
);
const unknownLogs = observation().pipelines.map((p) => (p.signal === 'logs' ? { ...p, state: 'Unknown' as const } : p));

describe('Ready, and what kstatus reads', () => {
  test.each([
    ['all is well', observation(), 'True AllReady', undefined, undefined],
    ['Grafana is turned off', observation({}, [off('grafana')]), 'True AllReady', undefined, undefined],
    [
      'a workload rolls out',
      observation({}, [component('loki', { updated: 1 })]),
      'False Progressing',
      'True Progressing',
      undefined,
    ],
    [
      'a stack has no pods at all',
      observation(
        {},
        ['tempo', 'mimir', 'loki', 'alloy-sampler', 'alloy-node', 'agent', 'grafana'].map((n) =>
          component(n as 'tempo', { desired: 0, ready: 0, updated: 0, total: 0 }),
        ),
      ),
      'False NoPods',
      undefined,
      undefined,
    ],
    ['the spec is wrong', observation({ problems: [problem] }), 'False InvalidSpec', undefined, 'True InvalidSpec'],
    [
      'a right is missing',
      observation({
        refusals: [{ object: 'ClusterRole x', component: undefined, reason: 'Forbidden', message: 'no' }],
      }),
      'False Forbidden',
      undefined,
      'True Forbidden',
    ],
    [
      'a volume is pending',
      observation({
        claims: [{ name: 'c', component: 'tempo', phase: 'Pending', storageClass: '', growsTo: '', waitsFor: '' }],
      }),
      'False VolumePending',
      'True VolumePending',
      undefined,
    ],
    [
      'a volume is lost',
      observation({
        claims: [{ name: 'c', component: 'tempo', phase: 'Lost', storageClass: '', growsTo: '', waitsFor: '' }],
      }),
      'False VolumeLost',
      undefined,
      undefined,
    ],
    ['traces get lost', observation({ pipelines: lostTraces }), 'False SignalLost', undefined, undefined],
    [
      'no canary has come back yet',
      observation({ pipelines: unknownLogs }),
      'Unknown Verifying',
      'True Verifying',
      undefined,
    ],
    ['it is paused', observation({ managementState: 'Paused' }), 'Unknown Paused', undefined, undefined],
    ['it is let go of', observation({ managementState: 'Unmanaged' }), 'Unknown Unmanaged', undefined, undefined],
    [
      'it is paused and wrong',
      observation({ managementState: 'Paused', problems: [problem] }),
      'False InvalidSpec',
      undefined,
      'True InvalidSpec',
    ],
    [
      'something cannot be applied for now',
      observation({ refusals: [{ object: 'ConfigMap x', component: 'loki', reason: 'ApplyFailed', message: '500' }] }),
      'False ApplyFailed',
      'True ApplyFailed',
      undefined,
    ],
  ] as const)('when %s', (_name, seen, ready, reconciling, stalled) => {
    const { Ready, Reconciling, Stalled } = told(judge(seen));
    expect({ Ready, Reconciling, Stalled }).toEqual({ Ready: ready, Reconciling: reconciling, Stalled: stalled });
  });

  test('the message names the worst part, and a rollout elsewhere does not hide it', () => {
    const crashing = {
      ...component('mimir', { ready: 0 }),
      trouble: { reason: 'CrashLooping', message: 'container mimir keeps crashing' },
    } as const;
    const verdicts = judge(observation({}, [component('tempo', { updated: 0 }), crashing]));
    expect(verdicts[0]).toMatchObject({ type: 'Ready', message: 'MetricsReady: container mimir keeps crashing' });
    expect(told(verdicts)['Reconciling']).toBeUndefined();
  });

  test('a wrong spec is told with path, reason and fix', () => {
    const { message } = judge(observation({ problems: [problem, { ...problem, path: 'spec.size' }] })).find(
      (v) => v.type === 'Accepted',
    )!;
    expect(message).toBe('spec.sampling.services[0].percent: is above 100; write 0 to 100 (and 1 more: spec.size)');
  });

  test('the conditions come in a fixed order, each once', () => {
    const types = judge(observation()).map((v) => v.type);
    expect(types).toEqual([
      'Ready',
      'Accepted',
      'StorageReady',
      'InstrumentationReady',
      'CollectionReady',
      'TracesReady',
      'MetricsReady',
      'LogsReady',
      'VisualizationReady',
      'PipelineHealthy',
    ]);
  });
});
