import { environmentOf } from './environment.ts';

/** What the agent needs of a pod, and nothing more of it is kept in memory. */
export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Only `ostack.io/…`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
  /** Container id (without the runtime's prefix) → container name. */
  readonly containers: ReadonlyMap<string, string>;
  /** The pod's containers are set up to report by themselves (OpenTelemetry variables in its specification). */
  readonly reports?: PodReports;
  /** The name of the only container, known before the status lists any. */
  readonly soleContainer?: string;
}

/** What a pod calls itself in its own reports, as far as its specification tells. */
export interface PodReports {
  readonly name?: string;
  readonly namespace?: string;
}

/** The workload a person would name: a Deployment instead of its ReplicaSet, a CronJob instead of its Job. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
}

export const annotation = {
  instrument: 'ostack.io/instrument',
  serviceName: 'ostack.io/service-name',
  samplingPercent: 'ostack.io/sampling-percent',
} as const;

/** Reads a v1 Pod as the API server sends it; undefined if it is none. */
export function parsePod(object: unknown): Pod | undefined {
  const { metadata, spec, status } = (object ?? {}) as ApiPod;
  if (!metadata?.uid || !metadata.name || !metadata.namespace) return undefined;
  const owner = metadata.ownerReferences?.find((reference) => reference.controller) ?? metadata.ownerReferences?.[0];
  return {
    uid: metadata.annotations?.['kubernetes.io/config.mirror'] ?? metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace,
    labels: metadata.labels ?? {},
    annotations: ownAnnotations(metadata.annotations ?? {}),
    ...(owner ? { owner: { kind: owner.kind, name: owner.name } } : {}),
    ips: (status?.podIPs ?? (status?.podIP ? [{ ip: status.podIP }] : [])).map((entry) => entry.ip),
    hostNetwork: spec?.hostNetwork ?? false,
    containers: containersOf(status),
    ...reportsOf(spec),
    ...soleContainerOf(spec),
  };
}

export function workloadOf(pod: Pod): Workload {
  if (!pod.owner) return { kind: 'Pod', name: pod.name };
  const { kind, name } = pod.owner;
  const hash = pod.labels['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  // The controller names the Jobs of a CronJob after the scheduled minute.
  const scheduled = kind === 'Job' ? /^(.+)-\d{8,10}$/.exec(name) : null;
  return scheduled ? { kind: 'CronJob', name: scheduled[1] as string } : { kind, name };
}

function ownAnnotations(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith('ostack.io/')));
}

function reportsOf(spec: ApiPod['spec']): { reports?: PodReports } {
  for (const { env = [] } of spec?.containers ?? []) {
    // A value from elsewhere is not known here, but it is one.
    const variables = new Map(env.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom ? 'elsewhere' : '')]));
    const { reportsItself, serviceName, resourceAttributes: given } = environmentOf(variables);
    if (reportsItself === undefined) continue;
    const name = serviceName ?? given['service.name'];
    const namespace = given['service.namespace'];
    return { reports: { ...(name ? { name } : {}), ...(namespace ? { namespace } : {}) } };
  }
  return {};
}

function soleContainerOf(spec: ApiPod['spec']): { soleContainer?: string } {
  const [first, second] = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return first && !second ? { soleContainer: first.name } : {};
}

function containersOf(status: ApiPod['status']): Map<string, string> {
  const every = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return new Map(
    every.flatMap(({ containerID, name }) =>
      containerID ? [[containerID.slice(containerID.indexOf('://') + 3), name] as const] : [],
    ),
  );
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}
interface ApiPod {
  readonly metadata?: {
    readonly uid?: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly { readonly name: string; readonly env?: readonly Variable[] }[];
    readonly initContainers?: readonly { readonly name: string }[];
  };
  readonly status?: {
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}
