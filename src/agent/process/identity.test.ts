import { expect, test } from '@jest/globals';
import { identify } from './identity.ts';
import { parsePod, workloadOf, type Pod } from './pod.ts';
import type { ProcessInfo } from './process-info.ts';

const place = { node: 'n1', host: 'n1', clusterName: 'lab', version: '0.1.0' };
const container = 'c'.repeat(64);
const api = (metadata: object, names: readonly string[] = ['app']) => ({
  metadata: {
    uid: 'u1',
    name: 'checkout-7d4b9c-x2x',
    namespace: 'shop',
    labels: { 'pod-template-hash': '7d4b9c' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'checkout-7d4b9c', controller: true }],
    ...metadata,
  },
  spec: { containers: names.map((name) => ({ name })) },
  status: {
    podIPs: [{ ip: '10.1.2.3' }],
    containerStatuses: [{ name: 'app', containerID: `containerd://${container}` }],
  },
});
const podOf = (metadata: object) => parsePod(api(metadata)) as Pod;
const processWith = (environment: Partial<ProcessInfo['environment']>): ProcessInfo => ({
  pid: 9,
  parent: 1,
  startTicks: 5,
  executable: '/usr/local/bin/node',
  command: ['node', '--enable-source-maps', '/srv/basket.mjs', '--port=80'],
  environment: { resourceAttributes: {}, ...environment },
  container: { containerId: container, podUid: 'u1' },
});

const everything = {
  annotations: { 'ostack.io/service-name': 'annotated' },
  labels: { 'pod-template-hash': '7d4b9c', 'app.kubernetes.io/name': 'labelled' },
};

test.each([
  [
    'the variable',
    { serviceName: 'variable', resourceAttributes: { 'service.name': 'attribute' } },
    everything,
    'variable',
  ],
  ['the resource attribute', { resourceAttributes: { 'service.name': 'attribute' } }, everything, 'attribute'],
  ['the annotation', {}, everything, 'annotated'],
  ['the label', {}, { labels: everything.labels }, 'labelled'],
  ['the workload', {}, {}, 'checkout'],
  ['an empty annotation counts as none', {}, { annotations: { 'ostack.io/service-name': ' ' } }, 'checkout'],
])('the name of a service comes first from %s', (_source, environment, metadata, name) => {
  expect(identify(processWith(environment), podOf(metadata), place).name).toBe(name);
});

test('without a pod the program names the service', () => {
  expect(identify(processWith({}), undefined, { ...place, node: '' }).name).toBe('basket');
  expect(identify({ ...processWith({}), executable: '/opt/api-server' }, undefined, place).name).toBe('api-server');
});

test('a resource says where the process runs, in the words of OpenTelemetry', () => {
  expect(identify(processWith({}), podOf({}), place).resource).toEqual({
    'service.name': 'checkout',
    'service.namespace': 'shop',
    'service.instance.id': 'shop.checkout-7d4b9c-x2x.app',
    'service.version': undefined,
    'telemetry.sdk.name': 'ostack-agent',
    'telemetry.sdk.version': '0.1.0',
    'telemetry.sdk.language': 'nodejs',
    'host.name': 'n1',
    'k8s.cluster.name': 'lab',
    'k8s.node.name': 'n1',
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': 'checkout-7d4b9c-x2x',
    'k8s.pod.uid': 'u1',
    'k8s.container.name': 'app',
    'k8s.deployment.name': 'checkout',
    'k8s.replicaset.name': 'checkout-7d4b9c',
  });
});

test('a container restart goes on with the same identity, another pod or container does not', () => {
  const first = identify(processWith({}), podOf({}), place).key;
  const restarted = { ...processWith({}), container: { containerId: 'd'.repeat(64), podUid: 'u1' } };
  expect(identify(restarted, podOf({}), place).key).toBe(first);
  expect(identify(processWith({}), podOf({ name: 'checkout-7d4b9c-y3y' }), place).key).not.toBe(first);
});

test.each([
  ['25', 25],
  ['0.5', 0.5],
  ['101', undefined],
  ['all', undefined],
])('the annotation ostack.io/sampling-percent %s', (text, expected) => {
  const pod = podOf({ annotations: { 'ostack.io/sampling-percent': text } });
  expect(identify(processWith({}), pod, place).samplingPercent).toBe(expected);
});

test.each([
  [{}, { kind: 'Deployment', name: 'checkout' }],
  [{ labels: {} }, { kind: 'ReplicaSet', name: 'checkout-7d4b9c' }],
  [{ ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] }, { kind: 'StatefulSet', name: 'db' }],
  [{ ownerReferences: [{ kind: 'Job', name: 'mail-28473920' }] }, { kind: 'CronJob', name: 'mail' }],
  [{ ownerReferences: [{ kind: 'Job', name: 'import-1' }] }, { kind: 'Job', name: 'import-1' }],
  [{ ownerReferences: [] }, { kind: 'Pod', name: 'checkout-7d4b9c-x2x' }],
])('the workload of a pod with %j', (metadata, workload) => {
  expect(workloadOf(podOf(metadata))).toEqual(workload);
});
