import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedState, recordedStates } from '../../src/operator/gitops.fixture.ts';
import { argoHealth } from '../../src/operator/testing/argocd-health.fixture.ts';
import { kstatus, type StatusBearer } from '../../src/operator/testing/kstatus.fixture.ts';
import { installPackages, testPackages } from '../cluster/packages.ts';
import { sinceNow, writes } from './audit.ts';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import type { Tree } from '../../src/lib/merge-patch.ts';
import { oneOperator, operatorUser, withoutOperator } from './operator-pods.ts';
import { openStage, type Resource, type Stage } from './stage.ts';

const paper = { name: 'gitops', namespace: 'gitops' };
const nowhere = { scheduling: { nodeSelector: { 'ostack.test/none': 'true' } } };
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await installPackages(testPackages);
  // The resource definition comes with the operator.
  await oneOperator(stage);
  await withoutOperator(stage);
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: paper.namespace } });
  await stage.apply(await demoStack({ metadata: paper, spec: nowhere }));
}, 300_000);

afterAll(async () => {
  await oneOperator(stage);
  await stage.kubectl('delete', 'namespace', paper.namespace, '--timeout=60s');
}, 300_000);

async function stack(): Promise<Resource> {
  const found = await stage.get('observabilitystack', paper.name, paper.namespace);
  if (found === undefined) throw new Error('the stack is gone');
  return found;
}

const specPatch = (spec: Tree): Promise<void> =>
  stage.patch('observabilitystack', paper.name, paper.namespace, { spec });

type Face = Pick<RecordedState, 'kstatus' | 'argo'>;

function faceOf(resource: Resource): Face {
  const { status } = argoHealth(resource);
  return { kstatus: kstatus(resource as unknown as StatusBearer), argo: status } as Face;
}

async function untilFace(face: Face): Promise<Resource> {
  const { value } = await eventually(JSON.stringify(face), 60_000, async () => {
    const live = await stack();
    const now = faceOf(live);
    if (now.kstatus === face.kstatus && now.argo === face.argo) return live;
    throw new Error(`${JSON.stringify(now)}: ${argoHealth(live).message}`);
  });
  return value;
}

/** `kubectl wait`, as a script would. */
function wait(condition: string): Promise<string> {
  const target = ['observabilitystack', paper.name, '-n', paper.namespace];
  return stage.kubectl('wait', ...target, `--for=condition=${condition}`, '--timeout=30s');
}

/** The version of the stack once nothing has changed it for five seconds. */
async function settled(): Promise<string> {
  let [version, since] = ['', Date.now()];
  await eventually('the stack to rest', 60_000, async () => {
    const now = (await stack()).metadata.resourceVersion!;
    if (now !== version) [version, since] = [now, Date.now()];
    return Date.now() - since > 5000 ? true : undefined;
  });
  return version;
}

describe('the API server gives back, and tools read as they should, a stack that is', () => {
  test('new', async () => {
    expect((await stack()).status).toBeUndefined();
    expect(argoHealth(await stack()).status).toBe('Progressing');
  });

  /** The recorded status on the real resource, about its present spec or, as recorded, an older one. */
  async function pretend({ metadata, status }: Recorded): Promise<void> {
    const age = metadata.generation - status.observedGeneration;
    const generation = (await stack()).metadata.generation! - age;
    const conditions = status.conditions.map((condition) => ({ ...condition, observedGeneration: generation }));
    const flags = ['--subresource=status', '--warnings-as-errors'];
    await stage.patch('observabilitystack', paper.name, paper.namespace, { status: null }, ...flags);
    await stage.patch(
      'observabilitystack',
      paper.name,
      paper.namespace,
      { status: { ...status, observedGeneration: generation, conditions } },
      ...flags,
    );
  }

  interface Recorded {
    readonly metadata: { readonly generation: number };
    readonly status: { readonly observedGeneration: number; readonly conditions: readonly object[] };
  }
  const withStatus = recordedStates().filter(({ name }) => name !== 'new' && name !== 'being deleted');

  test.each(withStatus.map((state) => [state.name, state] as const))(
    '%s',
    async (_name, recorded) => {
      // So that there is an older spec.
      await specPatch({ sampling: { baselinePercent: (await stack()).metadata.generation! % 90 } });
      await pretend(recorded.resource as Recorded);
      const live = await stack();
      expect(faceOf(live)).toEqual({ kstatus: recorded.kstatus, argo: recorded.argo });
      // Nothing of the status was dropped as unknown on its way into the store.
      const { observedGeneration: _one, conditions: _two, ...rest } = (recorded.resource as Recorded).status;
      expect(live.status).toMatchObject(rest);
    },
    60_000,
  );
});

describe('with the operator there, tools read', () => {
  test('no success at any moment from its creation until its pods are known to have no node', async () => {
    const flags = ['--subresource=status'];
    await stage.patch('observabilitystack', paper.name, paper.namespace, { status: null }, ...flags);
    await stage.kubectl('scale', 'deployment', 'ostack', '-n', 'ostack-system', '--replicas=1');
    const seen = new Set<string>();
    await eventually('the unschedulable pods to be named', 120_000, async () => {
      const live = await stack();
      if (live.status === undefined) return undefined;
      const face = faceOf(live);
      seen.add(`${face.kstatus} ${face.argo}`);
      return face.argo === 'Degraded' && argoHealth(live).message.includes('node') ? true : undefined;
    });
    console.log([...seen].join(', '));
    expect([...seen].filter((face) => /Current|Healthy/.test(face))).toEqual([]);
  }, 150_000);

  test('its own word for what it accepted: kubectl wait', async () => {
    expect(await wait('Accepted')).toContain('condition met');
    expect(await wait('Ready=False')).toContain('condition met');
  }, 90_000);

  test('a failure for a spec that cannot be', async () => {
    await specPatch({ overrides: [{ kind: 'ConfigMap', name: 'no-such', patch: { data: {} } }] });
    const live = await untilFace({ kstatus: 'Failed', argo: 'Degraded' });
    expect(argoHealth(live).message).toContain('spec.overrides[0]');
    await specPatch({ overrides: null });
    await untilFace({ kstatus: 'InProgress', argo: 'Degraded' });
  }, 150_000);

  test('a pause', async () => {
    for (const managementState of ['Paused', 'Unmanaged']) {
      await specPatch({ managementState });
      await untilFace({ kstatus: 'InProgress', argo: 'Suspended' });
    }
    await specPatch({ managementState: null });
    await untilFace({ kstatus: 'InProgress', argo: 'Degraded' });
  }, 200_000);
});

describe('a manifest that is applied again', () => {
  test.each([['kubectl apply'], ['kubectl apply --server-side --force-conflicts']])(
    'by %s changes nothing, and the operator writes nothing',
    async (command) => {
      const manifest = JSON.stringify(await demoStack({ metadata: paper, spec: nowhere }));
      const apply = (): Promise<string> => stage.node.kubectl([...command.split(' ').slice(1), '-f', '-'], manifest);
      await apply();
      const before = { version: await settled(), generation: (await stack()).metadata.generation };
      const read = await sinceNow(stage.node.auditLog);
      await apply();
      await sleep(5000);
      const { resourceVersion: version, generation } = (await stack()).metadata;
      expect({ version, generation }).toEqual(before);
      const requests = await read();
      expect(requests.some(({ user, resource }) => user === operatorUser && resource === 'leases')).toBe(true);
      const ours = writes(requests).filter(({ user }) => user === operatorUser);
      expect(ours.filter(({ namespace }) => namespace === paper.namespace)).toEqual([]);
    },
    120_000,
  );

  test('belongs to whoever applied it: the operator owns no field of the spec', async () => {
    const target = ['observabilitystack', paper.name, '-n', paper.namespace];
    const text = await stage.kubectl('get', ...target, '--show-managed-fields', '-o', 'json');
    const { metadata } = JSON.parse(text) as { metadata: { managedFields: readonly ManagedFields[] } };
    const ours = metadata.managedFields.filter(({ manager }) => manager === 'ostack-operator');
    expect(ours.flatMap(({ fieldsV1 }) => Object.keys(fieldsV1)).toSorted()).toEqual(['f:metadata', 'f:status']);
    const inMetadata = ours.flatMap(({ fieldsV1 }) => Object.keys(fieldsV1['f:metadata'] ?? {}));
    expect(inMetadata).toEqual(['f:finalizers']);
  });

  interface ManagedFields {
    readonly manager: string;
    readonly fieldsV1: Readonly<Record<string, object>>;
  }
});

describe('a stack whose operator went away', () => {
  test('is in progress after a change, and terminating once deleted', async () => {
    await withoutOperator(stage);
    await specPatch({ sampling: { baselinePercent: 77 } });
    expect(faceOf(await stack())).toEqual({ kstatus: 'InProgress', argo: 'Progressing' });
    await stage.kubectl('delete', 'observabilitystack', paper.name, '-n', paper.namespace, '--wait=false');
    expect(faceOf(await stack())).toEqual({ kstatus: 'Terminating', argo: 'Progressing' });
    await oneOperator(stage);
    await eventually('the stack to be gone', 60_000, async () => {
      const found = await stage.get('observabilitystack', paper.name, paper.namespace);
      return found === undefined ? true : undefined;
    });
  }, 200_000);
});
