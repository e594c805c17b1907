/**
 * How server-side apply merges a list of the kinds we render: by the named keys, as a set, or as one value.
 * `schema.e2e.ts` holds this table against the schema a real API server publishes.
 */
export type ListShape =
  { readonly kind: 'keyed'; readonly keys: readonly string[] } | { readonly kind: 'set' } | { readonly kind: 'atomic' };

const keyed: Readonly<Record<string, readonly string[]>> = {
  'metadata.ownerReferences': ['uid'],
  secrets: ['name'],
  'spec.ports': ['port', 'protocol'],
  'pod.containers': ['name'],
  'pod.initContainers': ['name'],
  'pod.volumes': ['name'],
  'pod.imagePullSecrets': ['name'],
  'pod.hostAliases': ['ip'],
  'pod.resourceClaims': ['name'],
  'pod.resources.claims': ['name'],
  'pod.schedulingGates': ['name'],
  'pod.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'container.env': ['name'],
  'container.ports': ['containerPort', 'protocol'],
  'container.volumeMounts': ['mountPath'],
  'container.volumeDevices': ['devicePath'],
  'container.resources.claims': ['name'],
};
const sets = new Set(['metadata.finalizers']);
const atomicObjects = new Set([
  'spec.selector',
  'spec.podSelector',
  'roleRef',
  'pod.nodeSelector',
  'pod.topologySpreadConstraints.labelSelector',
  'pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
  'container.env.valueFrom.configMapKeyRef',
  'container.env.valueFrom.fieldRef',
  'container.env.valueFrom.resourceFieldRef',
  'container.env.valueFrom.secretKeyRef',
]);

/** Fields that complete a merge key when the writer leaves them out. */
export const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' };

/** How the list at this path merges; `path` names the fields from the object's root, without list items. */
export function listShape(path: readonly string[]): ListShape {
  const place = placeOf(path);
  const keys = keyed[place];
  if (keys !== undefined) return { kind: 'keyed', keys };
  return { kind: sets.has(place) ? 'set' : 'atomic' };
}

/** True if the object at this path belongs to one manager as a whole. */
export function isAtomicObject(path: readonly string[]): boolean {
  return atomicObjects.has(placeOf(path));
}

/** A place in the objects we render, with what the tables say of it; one value a place, made when it is first asked for. */
export class Place {
  static readonly root = new Place([]);
  readonly shape: ListShape;
  readonly isAtomic: boolean;
  private readonly path: readonly string[];
  private readonly inside = new Map<string, Place>();

  private constructor(path: readonly string[]) {
    this.path = path;
    this.shape = listShape(path);
    this.isAtomic = isAtomicObject(path);
  }

  /** The place of a field of the object here, or of the items of a list here. */
  below(field: string): Place {
    const known = this.inside.get(field);
    if (known !== undefined) return known;
    const made = new Place([...this.path, field]);
    this.inside.set(field, made);
    return made;
  }
}

function placeOf(path: readonly string[]): string {
  return path
    .join('.')
    .replace(/^spec\.template\.spec\b/, 'pod')
    .replace(/^pod\.(initContainers|containers)\./, 'container.');
}
