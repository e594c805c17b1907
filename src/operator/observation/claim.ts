import type { Cluster, Live } from '../../kube/index.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import type { ClaimSeen } from './observation.ts';

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** How far a volume claim is, and what it waits for while it is pending; from the store, no request is made. */
export function readClaim(
  cluster: Pick<Cluster, 'select'>,
  live: Live | undefined,
): Omit<ClaimSeen, 'name' | 'component'> {
  if (live === undefined) return { phase: 'Missing', storageClass: '', growsTo: '', waitsFor: '' };
  const { phase = 'Pending', capacity } = (live['status'] ?? {}) as {
    phase?: ClaimSeen['phase'];
    capacity?: { storage?: string };
  };
  const spec = (live['spec'] ?? {}) as ClaimSpec;
  const [has, wanted] = [capacity?.storage ?? '', spec.resources?.requests?.storage ?? ''];
  const grows = (parseQuantity(wanted) ?? 0) > (parseQuantity(has) ?? Infinity);
  return {
    phase,
    storageClass: spec.storageClassName ?? '',
    growsTo: grows ? wanted : '',
    waitsFor: phase === 'Pending' ? waitsFor(cluster, live, spec.storageClassName) : '',
  };
}

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class';

function waitsFor(cluster: Pick<Cluster, 'select'>, claim: Live, name: string | undefined): string {
  const classes = cluster.select('storage.k8s.io/v1', 'StorageClass', {});
  if (name === undefined) {
    if (classes.some((each) => each.metadata.annotations?.[defaultAnnotation] === 'true')) return '';
    return `no StorageClass is the default: annotate one with ${defaultAnnotation}=true, or name one in the spec`;
  }
  if (name === '') return 'it waits for a volume without a storage class';
  const found = classes.find((each) => each.metadata.name === name);
  if (found === undefined) return `the StorageClass ${name} does not exist: create it, or name another in the spec`;
  const placed = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
  if (found['volumeBindingMode'] === 'WaitForFirstConsumer' && !placed) return 'it waits for a node for its pod';
  return `it waits for the provisioner ${String(found['provisioner'])}`;
}
