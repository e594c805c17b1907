import { beforeAll, describe, expect, test } from '@jest/globals';
import { wrongSpecs } from '../../src/api/wrong-specs.ts';
import { createPaper } from './churn.ts';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { mergePatch, type Tree } from '../../src/lib/merge-patch.ts';
import { unconflicted } from './unconflicted.ts';
import { openStage, type Condition, type Resource, type Stage } from './stage.ts';

const namespace = 'wrong';
const mistakes = wrongSpecs();
const nowhere = { scheduling: { nodeSelector: { 'ostack.test/none': 'true' } } };
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
}, 120_000);

function resource(name: string, spec: unknown): Tree {
  return { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata: { name, namespace }, spec };
}

/** What kubectl says to `create` or `replace` with strict field validation. */
function submit(verb: 'create' | 'replace', body: Tree, ...flags: string[]): Promise<string> {
  const args = [verb, '--validate=strict', ...flags, '-f', '-'];
  return unconflicted(() => stage.send(JSON.stringify(body), ...args)).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

const kinds = 'statefulset,daemonset,service,configmap,serviceaccount';

/** Which children there are, and in which generation. */
async function uids(): Promise<readonly string[]> {
  const children: readonly Resource[] = await stage.list(kinds, namespace, 'ostack.io/stack=kept');
  return children.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.generation ?? ''}`).sort();
}

test('there are at least 60 mistakes of both kinds', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mistakes.map(({ refusedBy }) => refusedBy)).size).toBe(2);
});

describe('the API server refuses', () => {
  const refused = mistakes.filter(({ refusedBy }) => refusedBy === 'server');
  test.each(refused.map((mistake) => [mistake.name, mistake] as const))(
    '%s',
    async (_name, { spec, from, resourceName, server }) => {
      const name = resourceName ?? 'refused';
      if (from !== undefined)
        expect(await submit('create', resource(name, mergePatch(from as Tree, nowhere)))).toBe('accepted');
      const body = resource(
        name,
        from === undefined ? spec : mergePatch(mergePatch(from as Tree, nowhere), spec as Tree),
      );
      const answer = await (from === undefined ? submit('create', body, '--dry-run=server') : submit('replace', body));
      expect(answer).not.toBe('accepted');
      if (server !== undefined) expect(answer).toContain(server);
      if (from !== undefined) await stage.kubectl('delete', 'observabilitystack', name, '-n', namespace);
    },
    60_000,
  );
});

describe('the operator says Accepted=False, and what ran keeps running, after', () => {
  const stored = mistakes.filter(
    ({ refusedBy, resourceName }) => refusedBy === 'operator' && resourceName === undefined,
  );
  let before: readonly string[];

  beforeAll(async () => {
    await stage.put(await demoStack({ metadata: { name: 'kept', namespace }, spec: nowhere }));
    const { value } = await eventually('the children to be all there', 60_000, async () => {
      const stack = await stage.get('observabilitystack', 'kept', namespace);
      const inventory = (stack?.status?.['inventory'] ?? []) as readonly { kind: string }[];
      const children = await uids();
      const counted = inventory.filter(({ kind }) => kinds.split(',').includes(kind.toLowerCase()));
      return counted.length > 10 && counted.length === children.length ? children : undefined;
    });
    before = value;
  }, 120_000);

  test.each(stored.map((mistake) => [mistake.name, mistake] as const))(
    '%s',
    async (_name, { spec, path, parser }) => {
      const good = await demoStack({ metadata: { name: 'kept', namespace }, spec: nowhere });
      expect(await submit('replace', mergePatch(good, { spec: spec as Tree }))).toBe('accepted');
      const { value } = await eventually<Condition>('Accepted=False', 20_000, async () => {
        const accepted = (await stage.conditions('kept', namespace))['Accepted'];
        const stack = await stage.get('observabilitystack', 'kept', namespace);
        const seen = stack?.status?.['observedGeneration'] === stack?.metadata.generation;
        if (accepted?.status === 'False' && seen) return accepted;
        throw new Error(`${accepted?.status}: ${accepted?.message}`);
      });
      expect(value.message).toContain(path);
      expect(value.message).toContain(parser);
      expect(await uids()).toEqual(before);
      expect(await submit('replace', good)).toBe('accepted');
      await stage.untilCondition({ name: 'kept', namespace }, 'Accepted', 'True', 60_000);
    },
    60_000,
  );
});

describe('the operator names what stands in the way:', () => {
  const paper = (name: string): { name: string; namespace: string } => ({ name, namespace: `wrong-${name}` });

  /** Waits for the condition to give this reason and these words; what it says in full. */
  async function says(
    stack: { name: string; namespace: string },
    type: string,
    reason: string,
    words = '',
  ): Promise<string> {
    const { value } = await eventually(`${type} ${reason}`, 90_000, async () => {
      const found = (await stage.conditions(stack.name, stack.namespace))[type];
      if (found?.status === 'False' && found.reason === reason && found.message.includes(words)) return found.message;
      throw new Error(`${found?.status} ${found?.reason}: ${found?.message}`);
    });
    return value;
  }

  test('a quota that refuses the pods of a StatefulSet', async () => {
    const stack = paper('quota');
    await stage.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: stack.namespace } },
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none', namespace: stack.namespace },
        spec: { hard: { pods: '0' } },
      },
    );
    await eventually('the quota to be in force', 60_000, async () => {
      const quota = await stage.get('resourcequota', 'none', stack.namespace);
      return quota?.status?.['hard'] === undefined ? undefined : true;
    });
    await createPaper(stage, stack);
    expect(await says(stack, 'TracesReady', 'NoPods')).toMatch(
      /^StatefulSet quota-tempo: exceeded quota: none, requested: pods=1, limited: pods=0$/,
    );
    expect(await says(stack, 'CollectionReady', 'NoPods')).toContain('exceeded quota: none');
    expect((await stage.conditions(stack.name, stack.namespace))['Reconciling']).toBeUndefined();
    await stage.kubectl('delete', 'namespace', stack.namespace, '--wait=false');
  }, 200_000);

  test('a storage class that does not exist', async () => {
    const stack = paper('class');
    await createPaper(stage, stack, { traces: { volume: { storageClass: 'nowhere' } } });
    expect(await says(stack, 'StorageReady', 'VolumePending', 'is pending')).toContain(
      'claim data-class-tempo-0 is pending (storage class nowhere): the StorageClass nowhere does not exist',
    );
    await stage.kubectl('delete', 'namespace', stack.namespace, '--wait=false');
  }, 200_000);

  test('an object of somebody else under a name of the stack, which outlives it', async () => {
    const stack = paper('taken');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'taken-tempo', namespace: stack.namespace },
      spec: { selector: { app: 'theirs' }, ports: [{ name: 'web', port: 3200 }] },
    };
    await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: stack.namespace } }, service);
    const before = await stage.get('service', 'taken-tempo', stack.namespace);
    await createPaper(stage, stack);
    expect(await says(stack, 'TracesReady', 'NameTaken')).toContain('Service taken-tempo');
    await stage.kubectl('delete', 'observabilitystack', stack.name, '-n', stack.namespace, '--timeout=60s');
    await eventually('the children to be gone', 60_000, async () => {
      const left = await stage.list(kinds, stack.namespace, 'ostack.io/stack=taken');
      return left.length === 0 ? true : undefined;
    });
    expect(await stage.get('service', 'taken-tempo', stack.namespace)).toEqual(before);
    await stage.kubectl('delete', 'namespace', stack.namespace, '--wait=false');
  }, 200_000);
});
