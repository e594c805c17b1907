import {
  Forbidden,
  Invalid,
  refOf,
  Taken,
  textOf,
  type Cluster,
  type KubeError,
  type KubeObject,
} from '../kube/index.ts';
import type { ComponentName, ComponentPlan, Plan } from '../stack/index.ts';
import { keyOf } from './inventory.ts';
import type { Refusal } from './observation/observation.ts';
import { otherOwner } from './ownership.ts';
import type { RefusedObjects } from './refused.ts';
import { withLiveReplicas } from './autoscaling.ts';

export interface AppliedPlan {
  /** Objects that were there and are different now. */
  readonly changed: readonly KubeObject[];
  /** Objects the server does not take; sending them again at once cannot help. */
  readonly refusals: readonly Refusal[];
  /** What went wrong otherwise; worth another try soon. */
  readonly failures: readonly { readonly object: string; readonly component: ComponentName; readonly error: Error }[];
}

interface Owner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

type Result =
  | { readonly kind: 'same' | 'created' }
  | { readonly kind: 'changed'; readonly object: KubeObject }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly failure: AppliedPlan['failures'][number] };

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Applies what differs of a plan from the cache: components side by side, within one everything its workload needs before the workload. */
export async function applyPlan(
  cluster: Cluster,
  plan: Plan,
  owner: Owner,
  refused: RefusedObjects,
): Promise<AppliedPlan> {
  const results = (await Promise.all(plan.components.map((c) => applyComponent(cluster, c, owner, refused)))).flat();
  return {
    changed: results.flatMap((r) => (r.kind === 'changed' ? [r.object] : [])),
    refusals: results.flatMap((r) => (r.kind === 'refused' ? [r.refusal] : [])),
    failures: results.flatMap((r) => (r.kind === 'failed' ? [r.failure] : [])),
  };
}

async function applyComponent(
  cluster: Cluster,
  component: ComponentPlan,
  owner: Owner,
  refused: RefusedObjects,
): Promise<Result[]> {
  const one = (object: KubeObject) => applyObject(cluster, component.name, object, owner, refused);
  const first = await Promise.all(component.objects.filter((o) => !workloads.has(o.kind)).map(one));
  // Pods of a workload whose ConfigMap is missing would crash on start.
  if (first.some((r) => r.kind === 'refused' || r.kind === 'failed')) return first;
  return [...first, ...(await Promise.all(component.objects.filter((o) => workloads.has(o.kind)).map(one)))];
}

async function applyObject(
  cluster: Cluster,
  component: ComponentName,
  rendered: KubeObject,
  owner: Owner,
  refused: RefusedObjects,
): Promise<Result> {
  const ref = refOf(rendered);
  const key = keyOf(ref);
  const name = `${ref.kind} ${ref.name}`;
  try {
    const live = cluster.read(ref);
    const other = live && otherOwner(live, owner);
    if (other !== undefined) {
      const message = `the name belongs to the stack ${other}; rename one of the two stacks`;
      return { kind: 'refused', refusal: { object: name, component, reason: 'NameTaken', message } };
    }
    const object = withLiveReplicas(cluster, rendered, live);
    const standing = refused.standing(key, object);
    if (standing) return { kind: 'refused', refusal: standing };
    // A count of an autoscaler's that was read must still be the one that stands.
    const unchangedSince = object === rendered ? undefined : live?.metadata.resourceVersion;
    return await attempt(cluster, component, object, refused, unchangedSince);
  } catch (error) {
    return { kind: 'failed', failure: { object: textOf(ref), component, error: error as Error } };
  }
}

async function attempt(
  cluster: Cluster,
  component: ComponentName,
  object: KubeObject,
  refused: RefusedObjects,
  unchangedSince: string | undefined,
): Promise<Result> {
  const key = keyOf(refOf(object));
  try {
    const applied = await cluster.apply(object, unchangedSince);
    refused.forget(key);
    if (applied.kind === 'unchanged') return { kind: 'same' };
    return applied.created ? { kind: 'created' } : { kind: 'changed', object };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const { message: told, fix } = error as KubeError;
    const message = `${told}. ${fix}`;
    const refusal: Refusal = { object: `${object.kind} ${object.metadata.name}`, component, reason, message };
    refused.remember(key, object, refusal);
    return { kind: 'refused', refusal };
  }
}

/** What is said of an object that was not taken; undefined where another try soon may help. */
function reasonOf(error: unknown): Refusal['reason'] | undefined {
  if (error instanceof Taken) return 'NameTaken';
  if (error instanceof Forbidden) return 'Forbidden';
  return error instanceof Invalid ? 'ApplyRefused' : undefined;
}
