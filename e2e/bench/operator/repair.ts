import { isDeepStrictEqual } from 'node:util';
import { Discovery, type Live, NotFound, type Ref, refOf } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { AuditedRequest } from '../../scenarios/audit.ts';
import { editsByHand } from './edits-by-hand.ts';
import type { Ground } from './ground.ts';
import { operatorWrites } from './operator-writes.ts';
import type { Part } from './part.ts';
import { spread } from './quantile.ts';
import { statusOf } from './stacks.ts';

/** A stack that renders every kind there is. */
const everyKind = {
  size: 'dev',
  collection: { sampler: { replicas: 2 } },
  grafana: { auth: 'Password' },
  security: { networkPolicies: true },
};
const patienceMs = 10_000;

interface Blow {
  readonly kind: string;
  readonly how: 'deleted' | 'edited';
  readonly name: string;
  readonly namespace: string;
  readonly repaired: boolean;
}

/** Every child of a stack, deleted and then edited by hand, one after the other: how soon it is what it was. */
export const repair: Part = {
  name: 'repair',
  stacks: 1,
  async measure({ ground }, say) {
    const { refs } = await ground.stacks.create(1, everyKind);
    await ground.stacks.ready(refs, 60_000);
    await systemClock.sleep(3000);
    const children = (statusOf(ground.stacks.read(refs[0]!)).inventory ?? []) as readonly Ref[];
    const absent = Object.keys(editsByHand).filter((kind) => !children.some((child) => child.kind === kind));
    if (absent.length > 0) throw new Error(`could not measure: the stack renders no ${absent.join(', ')}`);
    const discovery = new Discovery(ground.person);
    const heard = await ground.listen();
    const blows: Blow[] = [];
    for (const child of children) {
      const path = await discovery.pathOf(child);
      for (const how of ['deleted', 'edited'] as const) blows.push(await strike(ground, path, child, how));
    }
    const delays = delaysOf(blows, await heard());
    const never = [...new Set(blows.filter((blow) => !blow.repaired).map(({ kind, how }) => `${kind} ${how}`))];
    for (const [what, sample] of delays) say(`repair of a ${what}: ${spread(sample)}`);
    const all = [...delays.values()].flat();
    const kinds = new Set(children.map(({ kind }) => kind)).size;
    return {
      'repair-time': `${spread(all)} (${kinds} kinds, both ways)${never.length > 0 ? `; never: ${never.join(', ')}` : ''}`,
    };
  },
};

async function strike({ person }: Ground, path: string, child: Ref, how: Blow['how']): Promise<Blow> {
  const { kind, name, namespace = '' } = child;
  const before = (await person.request('GET', path)).body as Live;
  if (how === 'deleted') await person.request('DELETE', path, { body: { propagationPolicy: 'Background' } });
  else {
    const body = editsByHand[kind]!(before);
    await person.request('PATCH', path, { contentType: 'application/merge-patch+json', body });
  }
  const deadline = Date.now() + patienceMs;
  let repaired = false;
  while (!repaired && Date.now() < deadline) {
    await systemClock.sleep(50);
    const now = await read(person, path);
    repaired = now !== undefined && isDeepStrictEqual(contentOf(now), contentOf(before));
  }
  // The next blow finds a stack at rest.
  await systemClock.sleep(100);
  return { kind, how, name, namespace, repaired };
}

async function read(person: Ground['person'], path: string): Promise<Live | undefined> {
  try {
    return (await person.request('GET', path)).body as Live;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Everything but what the server counts and the controllers report; a new Service has a new address. */
function contentOf(live: Live): unknown {
  const { metadata, status: _status, ...rest } = live;
  const spec = rest['spec'] as { clusterIP?: string; clusterIPs?: unknown } | undefined;
  const { clusterIP: _one, clusterIPs: _all, ...own } = spec ?? {};
  const annotations = { ...metadata.annotations, 'deprecated.daemonset.template.generation': '' };
  return { ...rest, ...(spec && { spec: own }), labels: metadata.labels, annotations, of: refOf(live) };
}

/** From the end of each blow to the end of the operator's next write on that object, by kind and blow. */
function delaysOf(blows: readonly Blow[], requests: readonly AuditedRequest[]): ReadonlyMap<string, number[]> {
  const delays = new Map<string, number[]>();
  const repairs = operatorWrites(requests).children.filter(({ status }) => status < 300);
  const strikes = requests.filter(({ user, verb }) => user === 'person' && (verb === 'delete' || verb === 'patch'));
  if (strikes.length !== blows.length) throw new Error('could not measure: the audit log does not show every blow');
  blows.forEach(({ kind, how, repaired }, index) => {
    const strike = strikes[index]!;
    const same = (request: AuditedRequest): boolean =>
      request.resource === strike.resource && request.name === strike.name && request.namespace === strike.namespace;
    const answer = repairs.find((request) => same(request) && request.doneAt >= strike.doneAt);
    if (!repaired || answer === undefined) return;
    const what = `${kind} ${how}`;
    delays.set(what, [...(delays.get(what) ?? []), answer.doneAt - strike.doneAt]);
  });
  return delays;
}
