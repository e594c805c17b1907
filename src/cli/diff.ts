import { stringify } from 'yaml';
import { parseStack, type Stack } from '../api/index.ts';
import { connect, Discovery, refOf, Rest, textOf, WatchedCluster, type KubeObject, type Live } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { adopted, FactFinder, inventoryOf, leftovers, scopesOf, stackRef } from '../operator/index.ts';
import { plan } from '../stack/index.ts';
import { NotFine } from './exit.ts';
import { lineDiff, unified } from './line-diff.ts';
import { problemText } from './problems.ts';
import { readStacks } from './stack-file.ts';

export interface DiffOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly file: string;
  readonly image: string;
  readonly operatorNamespace: string;
}

/** `ostack diff`: what applying the stacks of a file would change, asked of the API server by dry runs. Throws NotFine if anything would. */
export async function diff(options: DiffOptions): Promise<void> {
  const resources = readStacks(options.file);
  const life = new AbortController();
  const endpoint = await connect(options);
  const rest = new Rest(endpoint, { clock: systemClock, perSecond: 100, burst: 200 });
  const cluster = new WatchedCluster({
    rest,
    clock: systemClock,
    random: Math.random,
    log: createLog('diff', 'silent'),
    identity: 'ostack-diff',
    holding: () => false,
    scopes: scopesOf(options.namespace),
    onChange: () => {},
    onContest: () => {},
    signal: life.signal,
  });
  try {
    if (!(await cluster.waitSynced(30_000)))
      throw new Error('the objects of the cluster could not be listed within 30 s');
    const apiVersions = await new Discovery(rest).apiVersions();
    const { image: operatorImage, operatorNamespace } = options;
    const facts = new FactFinder({ cluster, apiVersions, operatorImage, operatorNamespace });
    let changes = 0;
    for (const resource of resources)
      changes += await diffStack(resource, options.namespace ?? endpoint.namespace, cluster, facts);
    process.stdout.write(changes === 0 ? 'no difference\n' : `${changes} objects differ\n`);
    if (changes > 0) throw new NotFine();
  } finally {
    life.abort();
    await cluster.ended();
    rest.close();
  }
}

async function diffStack(
  resource: unknown,
  namespace: string,
  cluster: WatchedCluster,
  facts: FactFinder,
): Promise<number> {
  const stack = identified(resource, namespace, cluster);
  const made = plan(stack, await facts.factsOf(stack));
  if (made.problems.length > 0) refuse(made.problems.map(problemText));
  const objects = made.components
    .flatMap((c) => c.objects)
    .map((object) => (stack.uid === '' ? object : adopted(object, stack)));
  let changes = 0;
  for (const object of objects) {
    const before = cluster.read(refOf(object));
    changes += show(object, before, before === undefined ? object : await cluster.dryRun(object));
  }
  for (const entry of leftovers(cluster, stack, [], inventoryOf(made)))
    changes += show(entry, cluster.read(entry), undefined);
  return changes;
}

/** The stack of the file under the identity of the one in the cluster, if there is one. */
function identified(resource: unknown, namespace: string, cluster: WatchedCluster): Stack {
  const { metadata } = resource as { metadata?: { name?: string; namespace?: string } };
  const home = metadata?.namespace ?? namespace;
  const live = cluster.read(stackRef(`${home}/${metadata?.name}`));
  const { uid, generation } = live?.metadata ?? {};
  const parsed = parseStack({ ...(resource as object), metadata: { ...metadata, namespace: home, uid, generation } });
  return parsed.ok ? parsed.value : refuse(parsed.problems.map(problemText));
}

function refuse(lines: readonly string[]): never {
  process.stderr.write(lines.join(''));
  throw new NotFine();
}

function show(
  of: Parameters<typeof textOf>[0] | KubeObject,
  before: Live | undefined,
  after: KubeObject | Live | undefined,
): number {
  const text = unified(lineDiff(linesOf(before), linesOf(after)));
  if (text === '') return 0;
  const name = textOf('metadata' in of ? refOf(of) : of);
  process.stdout.write(
    `${before === undefined ? 'create' : after === undefined ? 'delete' : 'change'} ${name}\n${text}\n`,
  );
  return 1;
}

/** The object as YAML lines, without what the server keeps for itself and without the content of Secrets. */
function linesOf(object: KubeObject | Live | undefined): string[] {
  if (object === undefined) return [];
  const { status: _status, metadata, ...rest } = object as Live;
  const { managedFields: _m, resourceVersion: _v, uid: _u, generation: _g, creationTimestamp: _c, ...kept } = metadata;
  const { 'ostack.io/rendering': _r, ...annotations } = kept.annotations ?? {};
  const shown = {
    ...rest,
    metadata: { ...kept, ...(Object.keys(annotations).length > 0 ? { annotations } : { annotations: undefined }) },
  };
  return stringify(rest.kind === 'Secret' ? hidden(shown) : shown, {
    lineWidth: 0,
    sortMapEntries: true,
    aliasDuplicateObjects: false,
  })
    .trimEnd()
    .split('\n');
}

function hidden(secret: object): object {
  const data = (secret as { data?: Record<string, string> }).data ?? {};
  return { ...secret, data: Object.fromEntries(Object.keys(data).map((key) => [key, '(hidden)'])) };
}
