import type { Condition, Spec, Stack, StackStatus } from '../api/index.ts';
import type { Plan } from '../stack/index.ts';
import { componentVerdict } from './conditions/availability.ts';
import type { NamedVerdict } from './conditions/verdict.ts';
import type { InventoryEntry } from './inventory.ts';
import type { ComponentSeen, Observation } from './observation/observation.ts';

/** What is in force: the stack and its plan as applied, with the hash of its sampling data. */
export interface InForce {
  readonly stack: Stack;
  readonly plan: Plan;
  readonly samplingHash: string;
}

/**
 * The status of a stack. What describes the applied spec (endpoints, versions, effective values) stays as it was while a
 * spec is wrong or held back, because so does what runs.
 */
export function statusOf(options: {
  readonly previous: StackStatus;
  readonly seen: Observation;
  readonly verdicts: readonly NamedVerdict[];
  readonly inForce: InForce | undefined;
  readonly inventory: readonly InventoryEntry[];
  /** RFC 3339, for verdicts that change now. */
  readonly now: string;
}): StackStatus {
  const { previous, seen, verdicts, inForce, inventory, now } = options;
  return plain({
    ...previous,
    ...(inForce && describe(inForce)),
    observedGeneration: seen.generation,
    conditions: conditionsOf(previous.conditions ?? [], verdicts, seen.generation, now),
    components: seen.components.map((c) => componentOf(c, seen)),
    pipelines: seen.pipelines.map(({ signal, state, hop }) => ({ signal, state, hop })),
    inventory,
  });
}

/** Carries `lastTransitionTime` over where the status of a condition did not change. */
export function conditionsOf(
  previous: readonly Condition[],
  verdicts: readonly NamedVerdict[],
  observedGeneration: number,
  now: string,
): Condition[] {
  return verdicts.map(({ type, status, reason, message }) => {
    const before = previous.find((c) => c.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
    return { type, status, reason, message: clip(message, 4096), lastTransitionTime, observedGeneration };
  });
}

type ComponentStatus = NonNullable<StackStatus['components']>[number];

function componentOf(component: ComponentSeen, seen: Observation): ComponentStatus {
  const { name, workloads } = component;
  const sum = (of: 'desired' | 'ready' | 'updated') => workloads.reduce((total, w) => total + w[of], 0);
  const counts = { desired: sum('desired'), ready: sum('ready'), updated: sum('updated') };
  const kind = workloads[0]?.kind ?? '';
  if (!component.enabled) return { name, kind, ...counts, state: 'Disabled', message: '' };
  const verdict = componentVerdict(component, seen);
  if (verdict.status === 'True') return { name, kind, ...counts, state: 'Ready', message: '' };
  return { name, kind, ...counts, state: verdict.reason, message: clip(verdict.message, 1024) };
}

function describe({ stack, plan, samplingHash }: InForce): Partial<StackStatus> {
  const { internalOtlp: _internal, ...endpoints } = plan.endpoints;
  const { mode, baselinePercent } = stack.spec.sampling;
  return {
    endpoints,
    versions: Object.fromEntries(plan.components.map((c) => [c.name, c.image])),
    effective: effectiveOf(stack.spec, plan),
    sampling: { mode, baselinePercent, hash: samplingHash },
  };
}

function effectiveOf(spec: Spec, plan: Plan): NonNullable<StackStatus['effective']> {
  const stores = { tempo: spec.traces, mimir: spec.metrics, loki: spec.logs };
  const running = (name: string) => plan.components.some((c) => c.name === name);
  const resources = {
    'alloy-node': spec.collection.node.resources,
    'alloy-sampler': spec.collection.sampler.resources,
    ...Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, store.resources])),
    grafana: spec.grafana.resources,
    agent: { requests: spec.instrumentation.budget, limits: { memory: spec.instrumentation.budget.memory } },
  };
  const enabledStores = Object.entries(stores).filter(([name]) => running(name));
  const signals = { tempo: 'traces', mimir: 'metrics', loki: 'logs' } as const;
  return {
    sampler: { replicas: spec.collection.sampler.replicas },
    retention: Object.fromEntries(
      enabledStores.map(([name, s]) => [signals[name as keyof typeof signals], s.retention]),
    ),
    ...(running('mimir') && { metrics: { maxSeries: spec.metrics.maxSeries } }),
    resources: Object.fromEntries(Object.entries(resources).filter(([name]) => running(name))) as never,
    volumes: Object.fromEntries(enabledStores.map(([name, s]) => [name, s.volume])),
    overrides: [...new Set(spec.overrides.map((o) => `${o.kind}/${o.name}`))],
  };
}

const clip = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

/** As it comes back from the API server: without fields that are undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
