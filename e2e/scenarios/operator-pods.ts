import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorNamespace } from '../demo/chart.ts';
import { installOperator } from '../demo/operator.ts';
import { eventually } from './eventually.ts';
import type { Resource, Stage } from './stage.ts';

/** The user of every replica of the operator, as the chart names it. */
export const operatorUser = `system:serviceaccount:${operatorNamespace}:ostack`;

const selector = 'app.kubernetes.io/name=ostack-operator';

/** Pods of the operator that are not on their way out. */
export async function operatorPods(stage: Stage): Promise<readonly Resource[]> {
  const pods = await stage.list('pod', operatorNamespace, selector);
  return pods.filter(({ metadata }) => !('deletionTimestamp' in metadata));
}

/** Name of the replica that holds the lease; empty while none does. */
export async function leader(stage: Stage): Promise<string> {
  const lease = await stage.get('lease', 'ostack-operator', operatorNamespace);
  return String(lease?.spec?.['holderIdentity'] ?? '');
}

/** Waits until exactly this many replicas are ready and one of them leads; its name. */
export async function untilLed(stage: Stage, replicas: number): Promise<string> {
  const { value } = await eventually(`${replicas} replicas with a leader`, 90_000, async () => {
    const [pods, holder] = await Promise.all([operatorPods(stage), leader(stage)]);
    const ready = pods.filter(isReady).map(({ metadata }) => metadata.name);
    if (ready.length === replicas && pods.length === replicas && ready.includes(holder)) return holder;
    throw new Error(`ready: ${ready.join(', ') || 'none'}; the lease is held by "${holder}"`);
  });
  return value;
}

/** Ends every replica, and comes back when their processes are gone and the lease with them. */
export async function withoutOperator(stage: Stage): Promise<void> {
  await stage.kubectl('scale', 'deployment', 'ostack', '-n', operatorNamespace, '--replicas=0');
  await eventually('the operator to be gone', 60_000, async () => {
    const left = await stage.list('pod', operatorNamespace, selector);
    return left.length === 0 ? true : undefined;
  });
}

/** One replica by the chart, whatever was done to it before; it looks after one namespace if told which. */
export async function oneOperator(stage: Stage, watchNamespace = ''): Promise<string> {
  await installOperator(stage.helm, { replicas: 1, watchNamespace });
  return untilLed(stage, 1);
}

/** Process ids of the operator itself in one of its pods, found by the cgroup the kubelet made for the pod. */
export function processesOfPod(stage: Stage, pod: Resource): readonly number[] {
  const { cgroup } = stage.node.place;
  const root = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']
    .map((hierarchy) => join(hierarchy, cgroup, 'kubepods'))
    .find(existsSync);
  if (root === undefined) throw new Error(`no cgroup of pods below ${cgroup}`);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes(pod.metadata.uid!) && path.endsWith('cgroup.procs'))
    .flatMap((path) => readFileSync(join(root, path), 'utf8').split('\n').filter(Boolean).map(Number))
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ostack.mjs'));
}

function isReady({ status }: Resource): boolean {
  const conditions = (status?.['conditions'] ?? []) as readonly { readonly type: string; readonly status: string }[];
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
