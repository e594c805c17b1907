import type { ControlPlane } from '../../e2e/cluster/control-plane.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import {
  childScope,
  connect,
  type Contest,
  isNewer,
  type KubeObject,
  type Live,
  refOf,
  Rest,
  type Scope,
  textOf,
  WatchedCluster,
} from './index.ts';
import { sampleObjects } from './sample.fixture.ts';

export const namespace = 'observability';

/** An operator process as far as this room goes: it watches, and starts with an empty memory. */
export interface Process {
  readonly cluster: WatchedCluster;
  readonly rest: Rest;
  readonly contests: Contest[];
  /** Mutating requests so far. */
  writes(): number;
  stop(): Promise<void>;
}

export async function restOf(plane: ControlPlane): Promise<Rest> {
  return new Rest(await connect({ kubeconfig: plane.kubeconfig }), {
    clock: systemClock,
    perSecond: 5000,
    burst: 5000,
  });
}

export async function createNamespace(admin: Rest): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await admin.request('POST', '/api/v1/namespaces', { body });
}

export async function startProcess(
  plane: ControlPlane,
  options: { readonly holding?: () => boolean; readonly scopes?: readonly Scope[] } = {},
): Promise<Process> {
  const stop = new AbortController();
  const rest = await restOf(plane);
  const contests: Contest[] = [];
  const kinds = new Map(sampleObjects(namespace).map(({ apiVersion, kind }) => [kind, childScope(apiVersion, kind)]));
  const cluster = new WatchedCluster({
    rest,
    clock: systemClock,
    random: Math.random,
    log: createLog('test', 'silent'),
    identity: 'test',
    holding: options.holding ?? (() => true),
    scopes: options.scopes ?? [...kinds.values()],
    onChange: () => {},
    onContest: (contest) => contests.push(contest),
    signal: stop.signal,
  });
  if (!(await cluster.waitSynced(20_000))) throw new Error('the stores were not filled within 20 s');
  return {
    cluster,
    rest,
    contests,
    writes: () => rest.counts.patch + rest.counts.create + rest.counts.update + rest.counts.delete,
    async stop() {
      stop.abort();
      await cluster.ended();
      rest.close();
    },
  };
}

/** Waits until a process has seen this version of an object, or a later one, or its end. */
export async function untilSeen(operator: Process, version: Live): Promise<void> {
  await until(
    () => {
      const seen = operator.cluster.read(refOf(version));
      return seen === undefined || !isNewer(version.metadata.resourceVersion, seen.metadata.resourceVersion);
    },
    textOf(refOf(version)),
  );
}

export async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const deadline = systemClock.now() + limitMs;
  while (!condition()) {
    if (systemClock.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await systemClock.sleep(1);
  }
}

/** The path of a sample object in the API. */
export function pathOf(object: KubeObject): string {
  const plural = `${object.kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
  const inside = object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
  return `${root}${inside}/${plural}/${object.metadata.name}`;
}
