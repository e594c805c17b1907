import type { Attributes } from '../otlp/index.ts';
import { languageOf, programName } from './language.ts';
import { annotation, workloadOf, type Pod } from './pod.ts';
import type { ProcessInfo } from './process-info.ts';

/** Who a process speaks for: one resource in OpenTelemetry's sense. Equal keys are the same resource. */
export interface Identity {
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly resource: Attributes;
  /** From the pod's annotation; replaces the share of the configuration. */
  readonly samplingPercent?: number;
  /** An SDK in the process reports the same requests. */
  readonly reportsItself?: true;
}

export interface Place {
  /** Name of the Kubernetes node; empty without a cluster. */
  readonly node: string;
  readonly host: string;
  readonly clusterName: string;
  readonly version: string;
}

/**
 * Names a process. First of: OTEL_SERVICE_NAME, `service.name` in OTEL_RESOURCE_ATTRIBUTES, the annotation
 * ostack.io/service-name, the label app.kubernetes.io/name, the workload, the program (the order of the OpenTelemetry
 * operator and semantic conventions for Kubernetes).
 */
export function identify(process: ProcessInfo, pod: Pod | undefined, place: Place): Identity {
  const { environment } = process;
  const given = environment.resourceAttributes;
  const name =
    environment.serviceName ??
    filled(given['service.name']) ??
    (pod && nameOfPod(pod)) ??
    programName(process.executable, process.command);
  const namespace = filled(given['service.namespace']) ?? pod?.namespace ?? '';
  const container = pod?.containers.get(process.container?.containerId ?? '') ?? pod?.soleContainer;
  const instance = filled(given['service.instance.id']) ?? instanceOf(pod, container, place.host, name);
  const version = filled(given['service.version']) ?? filled(pod?.labels['app.kubernetes.io/version']);
  const percent = Number(pod?.annotations[annotation.samplingPercent] ?? Number.NaN);
  return {
    key: [namespace, name, instance].join('\0'),
    name,
    namespace,
    resource: {
      ...given,
      'service.name': name,
      'service.namespace': namespace || undefined,
      'service.instance.id': instance,
      'service.version': version,
      'telemetry.sdk.name': 'ostack-agent',
      'telemetry.sdk.version': place.version,
      'telemetry.sdk.language': languageOf(process.executable),
      'host.name': place.host,
      'k8s.cluster.name': place.clusterName || undefined,
      'k8s.node.name': place.node || undefined,
      ...(pod ? kubernetesAttributes(pod, container) : {}),
    },
    ...(environment.reportsItself === undefined ? {} : { reportsItself: true }),
    ...(percent >= 0 && percent <= 100 ? { samplingPercent: percent } : {}),
  };
}

/** The name of a pod's service as far as the pod itself tells. */
export function nameOfPod(pod: Pod): string {
  return (
    filled(pod.annotations[annotation.serviceName]) ??
    filled(pod.labels['app.kubernetes.io/name']) ??
    workloadOf(pod).name
  );
}

function kubernetesAttributes(pod: Pod, container: string | undefined): Attributes {
  const workload = workloadOf(pod);
  return {
    'k8s.namespace.name': pod.namespace,
    'k8s.pod.name': pod.name,
    'k8s.pod.uid': pod.uid,
    'k8s.container.name': container,
    ...(workload.kind === 'Pod' ? {} : { [`k8s.${workload.kind.toLowerCase()}.name`]: workload.name }),
    ...(pod.owner?.kind === 'ReplicaSet' ? { 'k8s.replicaset.name': pod.owner.name } : {}),
  };
}

/** Without a pod, all processes of a program on a host are one instance: a restart goes on where the last run ended. */
function instanceOf(pod: Pod | undefined, container: string | undefined, host: string, name: string): string {
  if (!pod) return `${host}.${name}`;
  return container ? `${pod.namespace}.${pod.name}.${container}` : `${pod.namespace}.${pod.name}`;
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
