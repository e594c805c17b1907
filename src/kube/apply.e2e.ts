import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts';
import { type KubeObject, lacks, type Live, refOf, type Rest, Taken, toRendering } from './index.ts';
import {
  createNamespace,
  namespace,
  pathOf,
  type Process,
  restOf,
  startProcess,
  until,
  untilSeen,
} from './process.fixture.ts';
import { sampleObjects } from './sample.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'ostack-apply-'));
const samples = sampleObjects(namespace);
let plane: ControlPlane;
let admin: Rest;
let operator: Process;

beforeAll(async () => {
  plane = await startControlPlane({ dir, audit: true });
  admin = await restOf(plane);
  await createNamespace(admin);
  operator = await startProcess(plane);
}, 120_000);

afterAll(async () => {
  await operator?.stop();
  admin?.close();
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

function sample(kind: string): KubeObject {
  return samples.find((object) => object.kind === kind)!;
}

/** What somebody else does to an object by a merge patch, seen by the operator before this returns. */
async function edit(object: KubeObject, patch: object, manager = 'kubectl-edit'): Promise<Live> {
  const { body } = await admin.request('PATCH', pathOf(object), {
    query: { fieldManager: manager },
    contentType: 'application/merge-patch+json',
    body: patch,
  });
  await untilSeen(operator, body as Live);
  return body as Live;
}

async function get(object: KubeObject): Promise<Live> {
  return (await admin.request('GET', pathOf(object))).body as Live;
}

describe.each(samples.map((object): [string, KubeObject] => [`${object.kind} ${object.metadata.name}`, object]))(
  '%s',
  (_name, object) => {
    test('is created once, and applying it again asks the server nothing', async () => {
      const first = await operator.cluster.apply(object);
      expect(first).toMatchObject({ kind: 'applied', created: true });
      expect(lacks((first as { live: Live }).live, toRendering(object))).toEqual([]);
      const requests = { ...operator.rest.counts };
      expect(await operator.cluster.apply(object)).toEqual({ kind: 'unchanged' });
      expect(operator.rest.counts).toEqual(requests);
    });

    test('is created again when it was deleted', async () => {
      await admin.request('DELETE', pathOf(object));
      await until(() => operator.cluster.read(refOf(object)) === undefined, 'the removal');
      expect(await operator.cluster.apply(object)).toMatchObject({ kind: 'applied', created: true });
    });
  },
);

describe.each(['ConfigMap', 'Service', 'StatefulSet', 'ClusterRole'])(
  'a %s of somebody else under our name',
  (kind) => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'stack', uid: 'a1' };
    const theirs = (): KubeObject => {
      const { metadata, ...rest } = sample(kind);
      const { name, namespace: within } = metadata;
      const where = within === undefined ? { name: `${name}-taken` } : { name: `${name}-taken`, namespace: within };
      return { ...rest, metadata: where } as KubeObject;
    };
    const ours = (): KubeObject => {
      const { metadata, ...rest } = theirs();
      const owned = metadata.namespace === undefined ? {} : { ownerReferences: [owner] };
      return { ...rest, metadata: { ...metadata, ...owned, labels: sample(kind).metadata.labels ?? {} } };
    };

    test('is left as it is and told, and ours is made once theirs is gone', async () => {
      const collection = pathOf(theirs()).replace(/\/[^/]*$/, '');
      const { body } = await admin.request('POST', collection, { body: theirs() });
      await expect(operator.cluster.apply(ours())).rejects.toBeInstanceOf(Taken);
      expect(await get(theirs())).toEqual(body);
      await admin.request('DELETE', pathOf(theirs()));
      const first = await operator.cluster.apply(ours());
      expect(first).toMatchObject({ kind: 'applied', created: true });
      const { managedFields = [] } = (first as { live: Live }).live.metadata;
      expect(managedFields.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
        'ostack-operator Apply',
      ]);
    });

    test('is not mistaken for ours that has lost its label, which is put back', async () => {
      const before = await get(ours());
      const labels = Object.fromEntries(Object.keys(ours().metadata.labels ?? {}).map((name) => [name, null]));
      const contentType = 'application/merge-patch+json';
      await admin.request('PATCH', pathOf(ours()), { contentType, body: { metadata: { labels } } });
      await until(() => operator.cluster.read(refOf(ours())) === undefined, 'the label to be gone');
      const again = await operator.cluster.apply(ours());
      expect(again).toMatchObject({ kind: 'applied', created: false });
      const { metadata } = (again as { live: Live }).live;
      expect(metadata.uid).toBe(before.metadata.uid);
      expect(metadata.labels).toEqual(ours().metadata.labels);
    });
  },
);

test('a restart writes nothing, by the audit log of the server', async () => {
  const fresh = await startProcess(plane);
  const mark = readFileSync(plane.auditLog, 'utf8').length;
  for (const object of samples) expect(await fresh.cluster.apply(object)).toEqual({ kind: 'unchanged' });
  expect(fresh.writes()).toBe(0);
  await fresh.stop();
  const verbs = readFileSync(plane.auditLog, 'utf8')
    .slice(mark)
    .split('\n')
    .filter((line) => line.includes('"userAgent":"ostack"'))
    .map((line) => (JSON.parse(line) as { verb: string }).verb);
  expect(verbs.filter((verb) => verb !== 'watch')).toEqual([]);
});

test('foreign annotations, restartedAt and a sidecar stay, and cost no write', async () => {
  const deployment = sample('Deployment');
  const { spec } = (await get(deployment)) as unknown as { spec: { template: { spec: { containers: object[] } } } };
  const containers = [...spec.template.spec.containers, { name: 'sidecar', image: 'sidecar:1' }];
  await edit(deployment, {
    metadata: { annotations: { 'example.com/owner': 'me' } },
    spec: {
      template: {
        metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } },
        spec: { containers },
      },
    },
  });
  const before = operator.writes();
  expect(await operator.cluster.apply(deployment)).toEqual({ kind: 'unchanged' });
  expect(operator.writes()).toBe(before);
  // A repair leaves them, too.
  await edit(deployment, { spec: { template: { spec: { serviceAccountName: 'other' } } } });
  await operator.cluster.apply(deployment);
  expect(JSON.stringify(await get(deployment))).toMatch(/restartedAt.*sidecar:1/);
  expect((await get(deployment)).metadata.annotations).toMatchObject({ 'example.com/owner': 'me' });
});

test('an autoscaler keeps the replica count when the rendering has none', async () => {
  const whole = sample('Deployment');
  const { replicas: _replicas, ...spec } = whole['spec'] as Record<string, unknown>;
  const scaled = { ...whole, metadata: { ...whole.metadata, name: 'scaled' }, spec };
  await operator.cluster.apply(scaled);
  const live = await edit(scaled, { spec: { replicas: 7 } }, 'horizontal-pod-autoscaler');
  expect(await operator.cluster.apply(scaled)).toEqual({ kind: 'unchanged' });
  const changed = { ...scaled, spec: { ...spec, revisionHistoryLimit: 2 } };
  expect(await operator.cluster.apply(changed)).toMatchObject({ kind: 'applied', created: false });
  expect((await get(scaled))['spec']).toMatchObject({ replicas: 7, revisionHistoryLimit: 2 });
  expect(live['spec']).toMatchObject({ replicas: 7 });
});

test('a field that is rendered no longer is removed', async () => {
  const config = sample('ConfigMap');
  const { empty: _empty, ...data } = config['data'] as Record<string, string>;
  expect(await operator.cluster.apply({ ...config, data })).toMatchObject({ kind: 'applied' });
  expect((await get(config))['data']).toEqual(data);
  await operator.cluster.apply(config);
});

test('who edited our field is named', async () => {
  operator.contests.length = 0;
  const network = sample('NetworkPolicy');
  await edit(network, { spec: { egress: [{}] } }, 'somebody');
  await operator.cluster.apply(network);
  expect(operator.contests).toEqual([{ ref: refOf(network), fields: ['.spec.egress'], managers: ['somebody'] }]);
});

test('a Service whose named port was moved gets it back, and nothing else', async () => {
  const service = sample('Service');
  const [, otlp] = (service['spec'] as { ports: object[] }).ports;
  await edit(service, { spec: { ports: [{ name: 'http', port: 3999, targetPort: 'http' }, otlp] } });
  await operator.cluster.apply(service);
  const { ports } = (await get(service))['spec'] as { ports: { port: number }[] };
  expect(ports.map(({ port }) => port).sort()).toEqual([3200, 4317]);
  expect(await operator.cluster.apply(service)).toEqual({ kind: 'unchanged' });
  // What was put back by force is still removed when it is rendered no longer.
  const fewer = { ...service, spec: { ...(service['spec'] as object), ports: [otlp] } };
  await operator.cluster.apply(fewer);
  const left = ((await get(service))['spec'] as { ports: { port: number }[] }).ports;
  expect(left.map(({ port }) => port)).toEqual([4317]);
});

test('a StatefulSet with another volume size is replaced without its pods, and never deleted for a refused one', async () => {
  const whole = sample('StatefulSet');
  const resized = (storage: string): KubeObject => {
    const [claim] = (whole['spec'] as { volumeClaimTemplates: { spec: object }[] }).volumeClaimTemplates;
    const spec = { ...claim!.spec, resources: { requests: { storage } } };
    return { ...whole, spec: { ...(whole['spec'] as object), volumeClaimTemplates: [{ ...claim, spec }] } };
  };
  const before = await get(whole);
  await expect(operator.cluster.apply(resized('-1Gi'))).rejects.toThrow('422');
  expect((await get(whole)).metadata.uid).toBe(before.metadata.uid);
  // No garbage collector runs here: its part, to let the orphans go, is played by the test.
  const applied = operator.cluster.apply(resized('2Gi'));
  await until(() => operator.cluster.read(refOf(whole))?.metadata.deletionTimestamp !== undefined, 'the deletion');
  expect((await get(whole)).metadata.finalizers).toEqual(['orphan']);
  await edit(whole, { metadata: { finalizers: null } });
  expect(await applied).toMatchObject({ kind: 'applied', created: true });
  expect((await get(whole)).metadata.uid).not.toBe(before.metadata.uid);
  expect(await operator.cluster.apply(resized('2Gi'))).toEqual({ kind: 'unchanged' });
});

test('a binding to another role and a Service that becomes headless are made anew', async () => {
  const binding = sample('RoleBinding');
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'other' };
  expect(await operator.cluster.apply({ ...binding, roleRef })).toMatchObject({ kind: 'applied', created: true });
  const service = sample('Service');
  const headless = { ...service, spec: { ...(service['spec'] as object), clusterIP: 'None' } };
  expect(await operator.cluster.apply(headless)).toMatchObject({ kind: 'applied', created: true });
});

test('a label taken off, so that no watch shows the object, is put back', async () => {
  const account = sample('ServiceAccount');
  await admin.request('PATCH', pathOf(account), {
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels: { 'ostack.io/stack': null } } },
  });
  await until(() => operator.cluster.read(refOf(account)) === undefined, 'the label to be gone');
  expect(await operator.cluster.apply(account)).toMatchObject({ kind: 'applied', created: false });
  expect(operator.cluster.read(refOf(account))).toBeDefined();
});

test('an unknown field is refused, not dropped', async () => {
  const config = { ...sample('ConfigMap'), dta: {} };
  await expect(operator.cluster.apply({ ...config, dta: { a: 'b' } })).rejects.toThrow(
    /dta.*not declared|unknown field/,
  );
});
