import { parseStack, type Stack } from '../api/index.ts';
import { connect, Discovery, NotFound, refOf, Rest, WatchedCluster, type Live, type Ref } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { adopted, FactFinder, inventoryOf, leftovers, scopesOf, stackRef } from '../operator/index.ts';
import { plan } from '../stack/index.ts';
import { NotFine } from './exit.ts';
import { objectDiff } from './object-diff.ts';
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

/** The cluster as the operator sees it, and whole objects, of which its stores keep only digests of long texts. */
interface View {
  readonly cluster: WatchedCluster;
  readonly facts: FactFinder;
  readonly whole: (ref: Ref) => Promise<Live | undefined>;
}

/** `ostack diff`: what applying the stacks of a file would change, asked of the API server by dry runs. Throws NotFine if anything would. */
export async function diff(options: DiffOptions): Promise<void> {
  const resources = readStacks(options.file);
  const life = new AbortController();
  const endpoint = await connect(options);
  const rest = new Rest(endpoint, { clock: systemClock, perSecond: 100, burst: 200 });
  const discovery = new Discovery(rest);
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
    await rest.request('GET', '/version'); // a cluster that does not answer is told before it is waited for
    if (!(await cluster.waitSynced(30_000))) throw new Error('the cluster could not be read within 30 s');
    const { image: operatorImage, operatorNamespace } = options;
    const facts = new FactFinder({ cluster, operatorImage, operatorNamespace });
    const view = { cluster, facts, whole: (ref: Ref) => wholeOf(ref, rest, discovery) };
    let changes = 0;
    for (const resource of resources)
      changes += await diffStack(resource, options.namespace ?? endpoint.namespace, view);
    process.stdout.write(changes === 0 ? 'no difference\n' : `${changes} objects differ\n`);
    if (changes > 0) throw new NotFine();
  } finally {
    life.abort();
    await cluster.ended();
    rest.close();
  }
}

async function wholeOf(ref: Ref, rest: Rest, discovery: Discovery): Promise<Live | undefined> {
  try {
    return (await rest.request('GET', await discovery.pathOf(ref))).body as Live;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Prints the differences of one stack; returns how many objects differ. */
async function diffStack(resource: unknown, namespace: string, { cluster, facts, whole }: View): Promise<number> {
  const stack = identified(resource, namespace, cluster);
  const made = plan(stack, await facts.factsOf(stack));
  if (made.problems.length > 0) refuse(made.problems.map(problemText));
  let changes = 0;
  const tell = (text: string | undefined) => {
    if (text === undefined) return;
    changes += 1;
    process.stdout.write(`${text}\n`);
  };
  for (const rendered of made.components.flatMap((component) => component.objects)) {
    const object = stack.uid === '' ? rendered : adopted(rendered, stack);
    const before = await whole(refOf(object));
    tell(objectDiff(refOf(object), before, before === undefined ? object : await cluster.dryRun(object)));
  }
  for (const entry of leftovers(cluster, stack, [], inventoryOf(made))) {
    tell(objectDiff(entry, await whole(entry), undefined));
  }
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
