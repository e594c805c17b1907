import type { ComponentSeen, Observation, WorkloadSeen } from '../observation/observation.ts';

const kinds = { 'alloy-node': 'DaemonSet', agent: 'DaemonSet', grafana: 'Deployment' } as Readonly<
  Record<string, string>
>;

/** A workload with three pods, all of them as they should be. */
export function workload(change: Partial<WorkloadSeen> = {}): WorkloadSeen {
  const counts = { desired: 3, ready: 3, updated: 3, total: 3 };
  return {
    kind: 'StatefulSet',
    name: 'demo-tempo',
    exists: true,
    observed: true,
    ...counts,
    hindrance: undefined,
    ...change,
  };
}

export function component(name: ComponentSeen['name'], change: Partial<WorkloadSeen> = {}): ComponentSeen {
  const kind = kinds[name] ?? 'StatefulSet';
  return { name, enabled: true, workloads: [workload({ kind, name: `demo-${name}`, ...change })], trouble: undefined };
}

const everyComponent = ['tempo', 'mimir', 'loki', 'alloy-sampler', 'alloy-node', 'agent', 'grafana'] as const;

/** A stack of which everything is well; `components` replaces those of the same name. */
export function observation(change: Partial<Observation> = {}, components: readonly ComponentSeen[] = []): Observation {
  const signals = ['traces', 'metrics', 'logs'] as const;
  return {
    generation: 3,
    managementState: 'Managed',
    problems: [],
    unplanned: undefined,
    unknownFields: [],
    refusals: [],
    components: everyComponent.map((name) => components.find((c) => c.name === name) ?? component(name)),
    claims: [
      {
        name: 'data-demo-tempo-0',
        component: 'tempo',
        phase: 'Bound',
        storageClass: 'fast',
        growsTo: '',
        waitsFor: '',
      },
    ],
    agents: ['a', 'b', 'c'].map((node) => ({ node, state: 'Attached', message: '', follows: true })),
    pipelines: signals.map((signal) => ({ signal, state: 'Healthy', hop: '' })),
    ...change,
  };
}

export const off = (name: ComponentSeen['name']): ComponentSeen => ({
  name,
  enabled: false,
  workloads: [],
  trouble: undefined,
});
