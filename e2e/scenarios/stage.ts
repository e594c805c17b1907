import type { RealNode } from '../cluster/node.ts';
import type { Helm } from '../demo/chart.ts';
import { openCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { unconflicted } from './unconflicted.ts';

/** A resource as the API server shows it; fields beyond the metadata are whatever its kind has. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
    readonly finalizers?: readonly string[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** A cluster with what every scenario asks of it; all of it goes through kubectl, as a user's hands would. */
export interface Stage {
  /** Our own node, with its files and processes; throws on any other cluster. */
  readonly node: RealNode;
  readonly helm: Helm;
  kubectl(...args: string[]): Promise<string>;
  /** kubectl with this on its standard input. */
  send(input: string, ...args: string[]): Promise<string>;
  apply(...resources: readonly object[]): Promise<void>;
  /** Makes a resource exactly this, whoever set what in it before. */
  put(resource: object): Promise<void>;
  get(kind: string, name: string, namespace?: string): Promise<Resource | undefined>;
  /** An empty namespace is all of them, or none for a kind without. */
  list(kind: string, namespace: string, selector?: string): Promise<readonly Resource[]>;
  patch(kind: string, name: string, namespace: string, merge: object, ...flags: string[]): Promise<void>;
  /** http://host:port at which a Service answers here. */
  url(service: string, namespace: string, port: number): Promise<string>;
  conditions(stack: string, namespace: string): Promise<Readonly<Record<string, Condition>>>;
  /** Waits until a condition has this status; with it comes how long that took. */
  untilCondition(
    stack: { readonly name: string; readonly namespace: string },
    type: string,
    status: string,
    withinMs: number,
  ): Promise<{ readonly value: Condition; readonly afterMs: number }>;
}

/** Opens the stage on the running node (or brings it up), or on the cluster of the context in OSTACK_CONTEXT. */
export async function openStage(): Promise<Stage> {
  const cluster = await openCluster();
  const kubectl = (...args: string[]): Promise<string> => cluster.kubectl(args);
  const send = (input: string, ...args: string[]): Promise<string> => cluster.kubectl(args, input);
  const stage: Stage = {
    get node() {
      if (cluster.node === undefined) throw new Error('this scenario needs the node below the cluster to be ours');
      return cluster.node;
    },
    helm: (args) => cluster.helm(args),
    kubectl,
    send,
    async apply(...resources) {
      const list = { apiVersion: 'v1', kind: 'List', items: resources };
      await send(JSON.stringify(list), 'apply', '--server-side', '--force-conflicts', '-f', '-');
    },
    async put(resource) {
      const text = JSON.stringify(resource);
      const there = await send(text, 'get', '-f', '-', '--ignore-not-found', '-o', 'name');
      await unconflicted(() => send(text, there.trim() === '' ? 'create' : 'replace', '-f', '-'));
    },
    async get(kind, name, namespace) {
      const scope = namespace === undefined ? [] : ['-n', namespace];
      const text = await kubectl('get', kind, name, ...scope, '--ignore-not-found', '-o', 'json');
      return text.trim() === '' ? undefined : (JSON.parse(text) as Resource);
    },
    async list(kind, namespace, selector) {
      const filter = selector === undefined ? [] : ['-l', selector];
      const scope = namespace === '' ? ['--all-namespaces'] : ['-n', namespace];
      const text = await kubectl('get', kind, ...scope, ...filter, '-o', 'json');
      return (JSON.parse(text) as { items: Resource[] }).items;
    },
    async patch(kind, name, namespace, merge, ...flags) {
      await kubectl('patch', kind, name, '-n', namespace, '--type=merge', '-p', JSON.stringify(merge), ...flags);
    },
    url: (service, namespace, port) => cluster.url(service, namespace, port),
    async conditions(name, namespace) {
      const found = await stage.get('observabilitystack', name, namespace);
      const all = (found?.status?.['conditions'] ?? []) as readonly Condition[];
      return Object.fromEntries(all.map((condition) => [condition.type, condition]));
    },
    untilCondition({ name, namespace }, type, status, withinMs) {
      return eventually(`${type}=${status} of ${namespace}/${name}`, withinMs, async () => {
        const condition = (await stage.conditions(name, namespace))[type];
        if (condition?.status === status) return condition;
        throw new Error(condition === undefined ? `no ${type} yet` : `${condition.reason}: ${condition.message}`);
      });
    },
  };
  return stage;
}
