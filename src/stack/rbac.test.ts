import { expect, test } from '@jest/globals';
import { operatorRules, type PolicyRule } from './rbac.ts';
import { everything, objectsOf, type SomeSpec } from './specimen.ts';

const objects = objectsOf(everything);

const rules = operatorRules();
const all = [...rules.cluster, ...rules.namespaced];

function covers(among: readonly PolicyRule[], resource: string, group: string, verb: string): boolean {
  return among.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb),
  );
}

const resourceOf = (kind: string) => (kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`);
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

test('the operator may watch, apply and prune every kind a plan holds', () => {
  for (const { kind, apiVersion } of objects) {
    for (const verb of ['list', 'watch', 'create', 'patch', 'delete']) {
      expect([kind, verb, covers(all, resourceOf(kind), groupOf(apiVersion), verb)]).toEqual([kind, verb, true]);
    }
  }
});

test('what has no namespace is a right of the cluster, and what has one is none', () => {
  for (const { kind, apiVersion, metadata } of objects) {
    const scope = metadata.namespace === undefined ? rules.cluster : rules.namespaced;
    expect([kind, covers(scope, resourceOf(kind), groupOf(apiVersion), 'patch')]).toEqual([kind, true]);
  }
  expect(rules.cluster.filter(({ verbs }) => verbs.includes('patch')).flatMap(({ resources }) => resources)).toEqual([
    'clusterrolebindings',
    'clusterroles',
  ]);
  expect(rules.cluster.flatMap(({ resources }) => resources)).not.toContain('secrets');
});

test('the operator holds in every namespace what it grants there, or the API server would refuse the grant', () => {
  const granted = objects
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .flatMap((role) => role['rules'] as readonly PolicyRule[]);
  expect(granted.length).toBeGreaterThan(0);
  for (const { apiGroups, resources, verbs } of granted) {
    for (const group of apiGroups) {
      for (const resource of resources)
        for (const verb of verbs) expect(covers(rules.cluster, resource, group, verb)).toBe(true);
    }
  }
});

test('it may write nothing that no plan holds', () => {
  const held = new Set(objects.map(({ kind, apiVersion }) => `${groupOf(apiVersion)}/${resourceOf(kind)}`));
  const written = all
    .filter(({ verbs }) => verbs.some((verb) => ['create', 'patch', 'update', 'delete'].includes(verb)))
    .flatMap(({ apiGroups, resources }) => apiGroups.flatMap((group) => resources.map((name) => `${group}/${name}`)));
  expect(written.filter((resource) => !held.has(resource))).toEqual([]);
  expect(JSON.stringify(rules)).not.toContain('*');
});

test('an agent may see pods, and which Service has an address, and nothing else', () => {
  const role = objects.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.endsWith('-agent'));
  expect(role?.['rules']).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['services'], verbs: ['list'] },
  ]);
});

test('a collector may list and watch pods and their owners, and read logs only where it collects them', () => {
  const seen = [
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'watch'] },
  ];
  const logs = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
  const several = { replicas: 2 };
  expect(rulesOf({ collection: { sampler: several } })).toEqual([...seen, logs]);
  expect(rulesOf({ collection: { sampler: several, podLogs: { enabled: false } } })).toEqual(seen);
});

test('with an only sampler it may also watch where that is, or spans would follow it into its end', () => {
  expect(rulesOf({ collection: { sampler: { replicas: 1 }, podLogs: { enabled: false } } }).slice(2)).toEqual([
    { apiGroups: [''], resources: ['endpoints'], resourceNames: ['demo-alloy-sampler'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ]);
});

function rulesOf(spec: SomeSpec): readonly PolicyRule[] {
  return objectsOf(spec).find(({ kind }) => kind === 'ClusterRole')?.['rules'] as readonly PolicyRule[];
}
