import { Forbidden, Invalid, refOf, textOf, type Cluster, type KubeObject, type Live } from '../kube/index.ts';
import { parseQuantity } from '../lib/quantity.ts';
import type { ComponentName, Plan } from '../stack/index.ts';
import type { AppliedPlan } from './apply-plan.ts';
import { keyOf } from './inventory.ts';
import type { Refusal } from './observation/observation.ts';
import { isOurClaim } from './ownership.ts';
import type { RefusedObjects } from './refused.ts';

interface Owner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

interface Template {
  readonly metadata: { readonly name: string };
  readonly spec: Requesting;
}

interface Requesting {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/**
 * A StatefulSet uses its claim templates only for new claims, so those that exist are asked to grow with them. What
 * cannot shrink is left as it is. A storage class that does not let volumes grow makes the API server refuse.
 */
export async function growClaims(
  cluster: Pick<Cluster, 'select' | 'patchMeta'>,
  plan: Plan,
  owner: Owner,
  refused: RefusedObjects,
): Promise<Pick<AppliedPlan, 'refusals' | 'failures'>> {
  const labels = { 'app.kubernetes.io/instance': owner.name };
  const claims = cluster
    .select('v1', 'PersistentVolumeClaim', labels, owner.namespace)
    .filter((claim) => isOurClaim(claim, owner) && claim.metadata.deletionTimestamp === undefined)
    // The API server lets only these change.
    .filter((claim) => (claim['status'] as { phase?: string } | undefined)?.phase === 'Bound');
  const result: { refusals: Refusal[]; failures: AppliedPlan['failures'][number][] } = { refusals: [], failures: [] };
  for (const { name: component, objects } of plan.components) {
    for (const [prefix, storage] of objects.flatMap(templatesOf)) {
      for (const claim of claims.filter((each) => each.metadata.name.startsWith(prefix) && isLess(each, storage))) {
        try {
          const refusal = await grow(cluster, claim, storage, component, refused);
          if (refusal) result.refusals.push(refusal);
        } catch (error) {
          result.failures.push({ object: textOf(refOf(claim)), component, error: error as Error });
        }
      }
    }
  }
  return result;
}

/** What the claims of a StatefulSet begin with, and what they ask for: `data-demo-tempo-`, `10Gi`. */
function templatesOf(object: KubeObject): [string, string][] {
  if (object.kind !== 'StatefulSet') return [];
  const { volumeClaimTemplates = [] } = object['spec'] as { volumeClaimTemplates?: readonly Template[] };
  return volumeClaimTemplates.map(({ metadata, spec }) => [
    `${metadata.name}-${object.metadata.name}-`,
    spec.resources?.requests?.storage ?? '0',
  ]);
}

function isLess(claim: Live, storage: string): boolean {
  const { resources } = claim['spec'] as Requesting;
  return (parseQuantity(resources?.requests?.storage ?? '0') ?? 0) < (parseQuantity(storage) ?? 0);
}

async function grow(
  cluster: Pick<Cluster, 'patchMeta'>,
  claim: Live,
  storage: string,
  component: ComponentName,
  refused: RefusedObjects,
): Promise<Refusal | undefined> {
  const ref = refOf(claim);
  const patch = { spec: { resources: { requests: { storage } } } };
  const wanted = { ...ref, metadata: { name: ref.name }, ...patch };
  const standing = refused.standing(keyOf(ref), wanted);
  if (standing) return standing;
  try {
    await cluster.patchMeta(ref, patch);
    refused.forget(keyOf(ref));
    return undefined;
  } catch (error) {
    if (!(error instanceof Invalid) && !(error instanceof Forbidden)) throw error;
    const { storageClassName = '' } = claim['spec'] as Requesting;
    const message = `cannot grow to ${storage}: ${error.message}. Set allowVolumeExpansion: true on the StorageClass ${storageClassName}, or move the data to a new claim`;
    const refusal: Refusal = { object: `${ref.kind} ${ref.name}`, component, reason: 'ApplyRefused', message };
    refused.remember(keyOf(ref), wanted, refusal);
    return refusal;
  }
}
