import { judge } from './conditions/chain.ts';
import type { Observation } from './observation/observation.ts';
import { statusOf } from './status.ts';
import { component, observation, off } from './testing/observation.fixture.ts';

/** A stack in one state, with what kstatus and Argo CD have to make of it. */
export interface RecordedState {
  readonly name: string;
  readonly resource: object;
  /** https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus */
  readonly kstatus: 'Current' | 'InProgress' | 'Failed' | 'Terminating';
  readonly argo: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended';
}

type Expected = Pick<RecordedState, 'kstatus' | 'argo'>;

const current: Expected = { kstatus: 'Current', argo: 'Healthy' };
const underWay: Expected = { kstatus: 'InProgress', argo: 'Progressing' };
const failed: Expected = { kstatus: 'Failed', argo: 'Degraded' };
/** kstatus knows no failure but a stalled one; a person with Argo CD has to see it all the same. */
const broken: Expected = { kstatus: 'InProgress', argo: 'Degraded' };

const troubled = (reason: 'CrashLooping' | 'Unschedulable' | 'ImagePullFailed') => ({
  ...component('loki', { ready: 0 }),
  trouble: { reason, message: `pod demo-loki-0: ${reason}` },
});
const pipelines = (state: 'Broken' | 'Unknown'): Partial<Observation> => ({
  pipelines: [{ signal: 'traces', state, hop: state === 'Broken' ? 'alloy-sampler → tempo' : '' }],
});

/** Every state a stack can be in, made by the code that makes it in a cluster. */
export function recordedStates(): RecordedState[] {
  const problems = [{ path: 'spec.overrides[0]', reason: 'hits nothing', fix: 'remove it' }];
  const forbidden = { object: 'ClusterRole x', component: undefined, reason: 'Forbidden', message: 'may not' } as const;
  const pending = {
    name: 'data-demo-tempo-0',
    component: 'tempo',
    phase: 'Pending',
    storageClass: 'fast',
    growsTo: '',
    waitsFor: '',
  } as const;
  return [
    state('ready', observation(), current),
    state('ready without Grafana', observation({}, [off('grafana')]), current),
    state('rolling out', observation({}, [component('tempo', { updated: 1 })]), underWay),
    state('waiting for a volume', observation({ claims: [pending] }), underWay),
    state('not proven yet', observation(pipelines('Unknown')), underWay),
    state('crash-looping', observation({}, [troubled('CrashLooping')]), broken),
    state('unschedulable', observation({}, [troubled('Unschedulable')]), broken),
    state('without its image', observation({}, [troubled('ImagePullFailed')]), broken),
    state('without pods', observation({}, [component('loki', { desired: 0, ready: 0, updated: 0, total: 0 })]), broken),
    state('losing traces', observation(pipelines('Broken')), broken),
    state('with a wrong spec', observation({ problems }), failed),
    state('without a right', observation({ refusals: [forbidden] }), failed),
    state('paused', observation({ managementState: 'Paused' }), { kstatus: 'InProgress', argo: 'Suspended' }),
    state('let go of', observation({ managementState: 'Unmanaged' }), { kstatus: 'InProgress', argo: 'Suspended' }),
    { name: 'new', resource: resource({}, {}), ...underWay },
    { name: 'changed since', resource: resource({ generation: 4 }, ready()), ...underWay },
    {
      name: 'being deleted',
      resource: resource({ deletionTimestamp: '2026-01-01T00:00:00Z' }, ready()),
      kstatus: 'Terminating',
      argo: 'Progressing',
    },
  ];
}

function state(name: string, seen: Observation, expected: Expected): RecordedState {
  return { name, resource: resource({}, statusFrom(seen)), ...expected };
}

const ready = (): object => statusFrom(observation());

function statusFrom(seen: Observation): object {
  const now = '2026-01-01T00:00:00Z';
  return statusOf({ previous: {}, seen, verdicts: judge(seen), inForce: undefined, inventory: [], now });
}

function resource(metadata: object, status: object): object {
  return {
    apiVersion: 'ostack.io/v1alpha1',
    kind: 'ObservabilityStack',
    metadata: { name: 'demo', namespace: 'observability', generation: 3, ...metadata },
    status,
  };
}
