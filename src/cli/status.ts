import { group, kind, version } from '../api/index.ts';
import { connect, Discovery, NotFound, Reflector, Rest, type Live, type Scope } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { NotFine, WrongUsage } from './exit.ts';
import { statusTable, type ShownStack } from './status-table.ts';

export interface StatusOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output: string;
  readonly watch?: boolean;
}

const apiVersion = `${group}/${version}`;

/** `ostack status`: prints stacks as they are. Throws NotFine unless all that were asked for are ready. */
export async function status(name: string | undefined, options: StatusOptions): Promise<void> {
  if (options.output !== 'table' && options.output !== 'json') throw new WrongUsage('-o is table or json');
  if (name !== undefined && options.allNamespaces) throw new WrongUsage('a name needs one namespace: leave out -A');
  const endpoint = await connect(options);
  const rest = new Rest(endpoint, { clock: systemClock });
  const discovery = new Discovery(rest);
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? endpoint.namespace);
  const path = () => discovery.collectionOf(apiVersion, kind, namespace);
  try {
    if (options.watch) return await follow({ name, options, namespace, rest, path });
    const stacks = await read(rest, await path(), name);
    if (stacks.length === 0) throw new Error(name === undefined ? 'no stacks here' : `no stack ${namespace}/${name}`);
    show(stacks, options.output);
    if (!stacks.every(isReady)) throw new NotFine();
  } finally {
    rest.close();
  }
}

async function read(rest: Rest, collection: string, name: string | undefined): Promise<ShownStack[]> {
  if (name === undefined) {
    return ((await rest.request('GET', collection, { verb: 'list' })).body as { items: ShownStack[] }).items;
  }
  try {
    return [(await rest.request('GET', `${collection}/${encodeURIComponent(name)}`)).body as ShownStack];
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

interface Following {
  readonly name: string | undefined;
  readonly options: StatusOptions;
  readonly namespace: string | undefined;
  readonly rest: Rest;
  readonly path: () => Promise<string>;
}

/** Prints again whenever something changes, until the user ends it. */
async function follow({ name, options, namespace, rest, path }: Following): Promise<void> {
  await path(); // a cluster that does not answer, or has no such kind, is told at once
  const life = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => life.abort());
  const scope: Scope = {
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { fieldSelector: `metadata.name=${name}` }),
  };
  let shown: NodeJS.Timeout | undefined;
  const reflector = new Reflector({
    rest,
    scope,
    path,
    onChange: () => {
      // A list brings many changes at once; they are one picture.
      shown ??= setTimeout(() => {
        shown = undefined;
        show([...reflector.store.all()] as ShownStack[], options.output);
      }, 50);
    },
    clock: systemClock,
    random: Math.random,
    log: createLog('status', 'silent'),
  });
  await reflector.run(life.signal);
  clearTimeout(shown);
}

function show(stacks: readonly ShownStack[], output: string): void {
  const sorted = stacks.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (output === 'table') return void process.stdout.write(sorted.map(statusTable).join('\n'));
  const plain = sorted.map(({ metadata, status: seen }) => {
    return { namespace: metadata.namespace, name: metadata.name, generation: metadata.generation, status: seen ?? {} };
  });
  process.stdout.write(`${JSON.stringify(plain, undefined, 2)}\n`);
}

const keyOf = ({ metadata }: Pick<Live, 'metadata'>): string => `${metadata.namespace}/${metadata.name}`;

/** Ready, and about the newest spec. */
function isReady({ metadata, status: seen }: ShownStack): boolean {
  const ready = seen?.conditions?.find((c) => c.type === 'Ready');
  return ready?.status === 'True' && seen?.observedGeneration === metadata.generation;
}
