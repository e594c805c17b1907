import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { connect, Forbidden, Rest } from '../kube/index.ts';
import { systemClock } from '../lib/clock.ts';
import type { PolicyRule } from '../stack/index.ts';
import { operatorAccess } from './access.ts';
import { clusterScoped, create, edit, ready, setStage, start, until, world } from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

const home = 'rights-home';
const rbac = 'rbac.authorization.k8s.io';

async function grant(name: string, rules: readonly PolicyRule[], namespace: string | undefined): Promise<void> {
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: 'ostack', namespace: home }];
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  await world().apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules });
  await world().apply({ apiVersion: `${rbac}/v1`, kind, metadata, roleRef, subjects });
}

/** The account of an operator that has what the chart grants, bound as the chart binds it; the path of its kubeconfig. */
async function accountWatching(namespace: string | undefined): Promise<string> {
  for (const name of [home, ...(namespace === undefined ? [] : [namespace])])
    await world().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await world().apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ostack', namespace: home } });
  const { cluster, namespaced, own } = operatorAccess();
  await grant(`cluster-${namespace}`, cluster, undefined);
  await grant(`namespaced-${namespace}`, namespaced, namespace);
  await grant('own', own, home);
  const path = `/api/v1/namespaces/${home}/serviceaccounts/ostack/token`;
  const { body } = await world().person.request('POST', path, { body: { spec: {} } });
  const { token } = (body as { status: { token: string } }).status;
  const config = parse(readFileSync(world().plane.kubeconfig, 'utf8')) as { users: { user: object }[] };
  config.users[0]!.user = { token };
  const file = join(dirname(world().plane.kubeconfig), `kubeconfig-${namespace}`);
  writeFileSync(file, stringify(config));
  return file;
}

/** Requests of the operator's account that were not allowed. */
function refused(): string[] {
  return readFileSync(world().plane.auditLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { user: { username: string }; verb: string; requestURI: string; responseStatus?: object },
    )
    .filter(({ user }) => user.username === `system:serviceaccount:${home}:ostack`)
    .filter(({ responseStatus }) => (responseStatus as { code?: number } | undefined)?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

test.each([
  ['one namespace', 'rights-one'],
  ['every namespace', undefined],
])(
  'what the chart grants is enough for the whole life of a stack, in %s',
  async (_name, watched) => {
    const kubeconfig = await accountWatching(watched);
    await start({ kubeconfig, leaseNamespace: home, ...(watched !== undefined && { namespace: watched }) });
    const ref = await create({ ...full, deletionPolicy: 'Delete' }, watched ?? 'rights-any');
    await ready(ref);
    await edit(ref, {
      sampling: { baselinePercent: 20 },
      logs: { backend: 'None' },
      security: { networkPolicies: false },
    });
    await until(ref, 'LogsReady', 'False', 'Disabled');
    await ready(ref);
    await world().remove(ref);
    await eventually('the stack to go', async () => expect(await world().get(ref)).toBeUndefined());
    expect(await world().get(clusterScoped(ref))).toBeUndefined();
    expect(refused()).toEqual([]);
  },
  120_000,
);

const full = {
  grafana: { auth: 'Password' },
  security: { networkPolicies: true },
  collection: { sampler: { replicas: 2 } },
};

test('where one namespace is watched, nothing can be read or written in another, the leases of others included', async () => {
  await world().remove({ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', name: 'namespaced-undefined' });
  const endpoint = await connect({ kubeconfig: await accountWatching('rights-one') });
  const rest = new Rest(endpoint, { clock: systemClock });
  const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/ostack-operator';
  try {
    for (const [method, path] of [
      ['GET', '/api/v1/namespaces/default/secrets/x'],
      ['GET', '/api/v1/namespaces/default/configmaps'],
      ['DELETE', '/api/v1/namespaces/default/services/kubernetes'],
      ['GET', lease],
    ] as const) {
      await eventually(`${method} ${path} to be refused`, async () =>
        expect(await rest.request(method, path).catch((error: unknown) => error)).toBeInstanceOf(Forbidden),
      );
    }
    expect((await rest.request('GET', '/api/v1/namespaces/rights-one/configmaps')).status).toBe(200);
  } finally {
    rest.close();
  }
}, 60_000);
