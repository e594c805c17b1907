import { setTimeout as sleep } from 'node:timers/promises';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import type { Tree } from '../../src/lib/merge-patch.ts';
import type { Resource, Stage } from './stage.ts';

/** A stack that is only objects: what is scheduled nowhere costs nothing. */
export interface Paper {
  readonly name: string;
  readonly namespace: string;
}

/** Creates the stack in its namespace and waits until its children are there. */
export async function createPaper(stage: Stage, { name, namespace }: Paper, spec: Tree = {}): Promise<void> {
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const nowhere = { scheduling: { nodeSelector: { 'ostack.test/none': 'true' } } };
  await stage.apply(await demoStack({ metadata: { name, namespace }, spec: { ...nowhere, ...spec } }));
  await eventually(`the inventory of ${namespace}/${name}`, 60_000, async () => {
    const stack = await stage.get('observabilitystack', name, namespace);
    const inventory = stack?.status?.['inventory'] as readonly unknown[] | undefined;
    return inventory !== undefined && inventory.length > 10 ? true : undefined;
  });
}

/** One change somebody made, and how long the operator took to answer it. */
export interface Answered {
  readonly what: string;
  readonly afterMs: number;
}

type Step = (round: number) => Promise<Answered>;

/**
 * Changes the spec and deletes a child in turn, one change each `everyMs`, until the deadline has passed and at least
 * `least` changes were made. Each must be answered: the field in its ConfigMap and in the status, the child back.
 */
export async function churn(
  stage: Stage,
  paper: Paper,
  { everyMs, untilMs, least }: { readonly everyMs: number; readonly untilMs: number; readonly least: number },
): Promise<readonly Answered[]> {
  const steps = stepsOf(stage, paper);
  const answered: Answered[] = [];
  while (Date.now() < untilMs || answered.length < least) {
    const startedAt = Date.now();
    answered.push(await steps[answered.length % steps.length]!(answered.length));
    await sleep(Math.max(0, startedAt + everyMs - Date.now()));
  }
  return answered;
}

function stepsOf(stage: Stage, paper: Paper): readonly Step[] {
  const { name, namespace } = paper;
  const edits: Step[] = [
    (round) => edit(stage, paper, `${name}-tempo`, { traces: { retention: `${100 + round}h` } }),
    (round) => edit(stage, paper, `${name}-sampling`, { sampling: { baselinePercent: 10 + (round % 80) } }),
    (round) => edit(stage, paper, `${name}-loki`, { logs: { retention: `${24 * (30 + round)}h` } }),
    (round) => edit(stage, paper, `${name}-mimir`, { metrics: { retention: `${100 + round}h` } }),
  ];
  const removals: Step[] = [
    () => remove(stage, 'configmap', `${name}-tempo`, namespace),
    () => remove(stage, 'service', `${name}-loki`, namespace),
    () => remove(stage, 'statefulset', `${name}-mimir`, namespace),
    () => remove(stage, 'clusterrole', `ostack-${namespace}-${name}-alloy-node`),
    () => remove(stage, 'serviceaccount', `${name}-alloy-node`, namespace),
    () => remove(stage, 'daemonset', `${name}-alloy-node`, namespace),
  ];
  return Array.from({ length: 12 }, (_, turn) => [edits[turn % 4]!, removals[turn % 6]!]).flat();
}

async function edit(stage: Stage, { name, namespace }: Paper, config: string, spec: Tree): Promise<Answered> {
  const data = async (): Promise<string> => JSON.stringify((await stage.get('configmap', config, namespace))?.data);
  const before = await data();
  await stage.patch('observabilitystack', name, namespace, { spec });
  const what = `${JSON.stringify(spec)} in ${config}`;
  const { afterMs } = await eventually(what, 60_000, async () => {
    const [stack, now] = await Promise.all([stage.get('observabilitystack', name, namespace), data()]);
    return now !== before && stack?.status?.['observedGeneration'] === stack?.metadata.generation ? true : undefined;
  });
  return { what, afterMs };
}

async function remove(stage: Stage, kind: string, name: string, namespace?: string): Promise<Answered> {
  const uid = async (): Promise<string | undefined> => (await stage.get(kind, name, namespace))?.metadata.uid;
  const before = await uid();
  const scope = namespace === undefined ? [] : ['-n', namespace];
  await stage.kubectl('delete', kind, name, ...scope, '--wait=false', '--cascade=background');
  const what = `${kind} ${name} back after its deletion`;
  const { afterMs } = await eventually(what, 60_000, async () => {
    const now = await uid();
    return now !== undefined && now !== before ? true : undefined;
  });
  return { what, afterMs };
}

/** Edits the spec and deletes a ConfigMap without waiting for answers, so that a leader always has work; until stopped. */
export function press(stage: Stage, { name, namespace }: Paper): { stop(): Promise<number> } {
  const end = new AbortController();
  const run = async (): Promise<number> => {
    let rounds = 0;
    for (; !end.signal.aborted; rounds++) {
      const sampling = { baselinePercent: 10 + (rounds % 80) };
      await Promise.all([
        stage.patch('observabilitystack', name, namespace, { spec: { sampling } }),
        stage.kubectl('delete', 'configmap', `${name}-loki`, '-n', namespace, '--wait=false', '--ignore-not-found'),
      ]);
      await sleep(700);
    }
    return rounds;
  };
  const running = run();
  return {
    stop() {
      end.abort();
      return running;
    },
  };
}

/** Every object of the status's inventory is on the server and belongs to the stack as it is now. */
export async function strays(stage: Stage, { name, namespace }: Paper): Promise<readonly string[]> {
  const stack = await stage.get('observabilitystack', name, namespace);
  const inventory = (stack?.status?.['inventory'] ?? []) as readonly Ref[];
  const found = await Promise.all(inventory.map((ref) => stage.get(plainKind(ref), ref.name, ref.namespace)));
  if (inventory.length === 0) return ['no inventory'];
  return inventory.flatMap((ref, index) => complaint(ref, found[index]));
}

interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

function plainKind({ apiVersion, kind }: Ref): string {
  return apiVersion.includes('/') ? `${kind}.${apiVersion.split('/')[0]}` : kind;
}

function complaint(ref: Ref, live: Resource | undefined): readonly string[] {
  if (live === undefined) return [`${ref.kind} ${ref.name} is missing`];
  return live.metadata.labels?.['ostack.io/stack'] === undefined ? [`${ref.kind} ${ref.name} is not ours`] : [];
}
