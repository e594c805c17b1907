import { beforeAll, describe, expect, test } from '@jest/globals';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { oneOperator } from './operator-pods.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
}, 120_000);

/** A stack none of whose pods is scheduled; it is about objects, not programs. */
async function create(namespace: string, deletionPolicy: 'RetainData' | 'Delete'): Promise<void> {
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await stage.apply(
    await demoStack({
      metadata: { name: 'gone', namespace },
      spec: { deletionPolicy, scheduling: { nodeSelector: { 'ostack.test/none': 'true' } } },
    }),
  );
  await eventually(`the volume claims in ${namespace}`, 60_000, async () =>
    (await stage.list('pvc', namespace)).length === 3 ? true : undefined,
  );
}

const kinds =
  'statefulset,daemonset,deployment,service,configmap,secret,serviceaccount,networkpolicy,poddisruptionbudget';

async function left(namespace: string): Promise<readonly string[]> {
  const objects = await stage.list(kinds, namespace, 'ostack.io/stack=gone');
  const roles = await stage.list('clusterrole,clusterrolebinding', '', 'ostack.io/stack=gone');
  return [...objects, ...roles].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

async function removed(namespace: string): Promise<void> {
  await eventually(`everything of the stack in ${namespace} to be gone`, 60_000, async () => {
    const found = await left(namespace);
    if (found.length === 0) return true;
    throw new Error(found.join(' '));
  });
}

describe('deleting a stack', () => {
  test('under RetainData removes every child and keeps the volumes', async () => {
    await create('retain', 'RetainData');
    expect((await left('retain')).length).toBeGreaterThan(10);
    await stage.kubectl('delete', 'observabilitystack', 'gone', '-n', 'retain', '--timeout=60s');
    await removed('retain');
    expect((await stage.list('pvc', 'retain')).length).toBe(3);
  }, 200_000);

  test('under Delete removes the volumes too', async () => {
    await create('drop', 'Delete');
    await stage.kubectl('delete', 'observabilitystack', 'gone', '-n', 'drop', '--timeout=60s');
    await removed('drop');
    await eventually('the volume claims to be gone', 60_000, async () =>
      (await stage.list('pvc', 'drop')).length === 0 ? true : undefined,
    );
  }, 200_000);

  test('is not stuck when the namespace goes first', async () => {
    await create('whole', 'Delete');
    await stage.kubectl('delete', 'namespace', 'whole', '--timeout=120s');
    expect(await stage.get('namespace', 'whole')).toBeUndefined();
    await removed('whole');
  }, 240_000);
});

// The last one on its node: no stack is left after it.
describe('deleting the definition first', () => {
  test('takes every stack with it, none of them stuck, and the operator goes on once it is back', async () => {
    await create('definition', 'Delete');
    const definition = 'observabilitystacks.ostack.io';
    await stage.kubectl('delete', 'customresourcedefinition', definition, '--timeout=120s');
    expect(await stage.get('customresourcedefinition', definition)).toBeUndefined();
    await removed('definition');
    await oneOperator(stage);
    await stage.kubectl(
      'wait',
      `customresourcedefinition/${definition}`,
      '--for=condition=Established',
      '--timeout=60s',
    );
    await create('again', 'RetainData');
    expect((await left('again')).length).toBeGreaterThan(10);
    await stage.kubectl('delete', 'observabilitystack', 'gone', '-n', 'again', '--timeout=60s');
    await removed('again');
  }, 400_000);
});
