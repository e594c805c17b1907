import type { Problem, Stack } from '../api/index.ts';

export type ComponentName = 'agent' | 'alloy-node' | 'alloy-sampler' | 'tempo' | 'mimir' | 'loki' | 'grafana';

/** What only the cluster knows; everything else about a plan comes from the spec. */
export interface Facts {
  /** Content of foreign objects a stack refers to, as hashes under "Secret/<name>" or "ConfigMap/<name>". */
  readonly contentHashes: Readonly<Record<string, string>>;
  /** Password of the Grafana administrator; the Secret that holds it is rendered only when it is known. */
  readonly grafanaPassword?: string;
  readonly operatorImage: string;
  readonly operatorNamespace: string;
}

/** A Kubernetes object as the API server takes it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
}

/** What a component's folder hands to `plan`: its objects, config before workload. */
export interface Component {
  readonly name: ComponentName;
  readonly image: string;
  readonly objects: readonly KubeObject[];
  readonly workload: Workload;
  /** "ConfigMap/<name>" and "Secret/<name>" the program reads only once, so a change must roll its pods. */
  readonly readAtStart: readonly string[];
}

export interface ComponentPlan {
  readonly name: ComponentName;
  /** In apply order: what the workload needs comes before it. */
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly image: string;
}

/** Where the stack answers inside the cluster, as http://service.namespace.svc:port. */
export interface Endpoints {
  readonly otlpGrpc?: string;
  readonly otlpHttp?: string;
  /** OTLP/HTTP for the canary and the agent; open whatever the receivers of the spec say. */
  readonly internalOtlp: string;
  readonly tempo?: string;
  readonly mimir?: string;
  readonly loki?: string;
  readonly grafana?: string;
}

export interface Plan {
  readonly components: readonly ComponentPlan[];
  readonly endpoints: Endpoints;
  /** Components the spec turns off. */
  readonly disabled: readonly ComponentName[];
  /** What a valid spec asks for and cannot have, such as an override that hits nothing. */
  readonly problems: readonly Problem[];
}

/** What every component is built from. */
export interface Context {
  readonly stack: Stack;
  readonly facts: Facts;
}
