import type { ComponentName, KubeObject, Plan } from '../../stack/index.ts';
import type { InventoryEntry } from '../inventory.ts';

/** What should be running, component by component. */
export interface Expected {
  readonly components: readonly {
    readonly name: ComponentName;
    readonly enabled: boolean;
    readonly workloads: readonly ExpectedWorkload[];
  }[];
}

export interface ExpectedWorkload {
  readonly kind: string;
  readonly name: string;
  /** As rendered; unknown while the spec is not accepted or not applied. */
  readonly rendered: KubeObject | undefined;
}

const everyComponent: readonly ComponentName[] = [
  'agent',
  'alloy-node',
  'alloy-sampler',
  'tempo',
  'mimir',
  'loki',
  'grafana',
];
const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** From a plan that is applied. */
export function expectedOf(plan: Plan): Expected {
  const enabled = plan.components.map(({ name, workloads, objects }) => ({
    name,
    enabled: true,
    workloads: workloads.map((w) => ({
      ...w,
      rendered: objects.find((o) => o.kind === w.kind && o.metadata.name === w.name),
    })),
  }));
  return { components: [...enabled, ...plan.disabled.map((name) => ({ name, enabled: false, workloads: [] }))] };
}

/** From what was applied last, while the spec at hand is wrong or held back. */
export function expectedFromInventory(stackName: string, inventory: readonly InventoryEntry[]): Expected {
  const workloads = inventory.filter((entry) => workloadKinds.includes(entry.kind));
  const components = everyComponent.flatMap((name) => {
    const own = workloads.filter((w) => w.name === `${stackName}-${name}`);
    return [
      {
        name,
        enabled: own.length > 0,
        workloads: own.map((w) => ({ kind: w.kind, name: w.name, rendered: undefined })),
      },
    ];
  });
  return { components };
}
