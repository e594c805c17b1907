import { describe, expect, test } from '@jest/globals';
import { digestOf } from './digest.ts';
import { lacks, textOfPath } from './lacks.ts';
import type { KubeObject, Live } from './resource.ts';
import { sampleObjects } from './sample.fixture.ts';

type Fields = Record<string, unknown>;

function lacking(kind: string, rendered: Fields, live: Fields): string[] {
  const metadata = { name: 'a', uid: 'u', resourceVersion: '1' };
  const as = { apiVersion: 'v1', kind };
  return lacks({ metadata, ...live, ...as } as Live, { metadata: { name: 'a' }, ...rendered, ...as } as KubeObject).map(
    ({ path }) => textOfPath(path),
  );
}

const pod = (spec: Fields) => ({ spec: { template: { spec } } });
const container = (fields: Fields) => pod({ containers: [{ name: 'main', ...fields }] });

describe('equal', () => {
  test.each<[string, Fields, Fields]>([
    [
      'a quantity in another unit',
      container({ resources: { limits: { cpu: '1000m' } } }),
      container({ resources: { limits: { cpu: '1' } } }),
    ],
    [
      'a quantity as a number',
      container({ resources: { limits: { cpu: 2 } } }),
      container({ resources: { limits: { cpu: '2' } } }),
    ],
    [
      'a volume size in another unit',
      pod({ volumes: [{ name: 't', emptyDir: { sizeLimit: '1024Mi' } }] }),
      pod({ volumes: [{ name: 't', emptyDir: { sizeLimit: '1Gi' } }] }),
    ],
    [
      'fields the server fills in',
      container({}),
      container({ terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'IfNotPresent' }),
    ],
    ['fields of others', { spec: {} }, { spec: { replicas: 3 }, status: {} }],
    [
      'an injected container and volume',
      container({}),
      pod({ containers: [{ name: 'sidecar' }, { name: 'main' }], volumes: [{ name: 'x' }] }),
    ],
    [
      'environment in another order',
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      container({ env: [{ name: 'B', value: '2' }, { name: 'X' }, { name: 'A', value: '1' }] }),
    ],
    [
      'a port without its default protocol',
      container({ ports: [{ containerPort: 1 }] }),
      container({ ports: [{ containerPort: 1, protocol: 'TCP' }] }),
    ],
    [
      'an empty list, object and text that are not stored',
      pod({ tolerations: [], nodeSelector: {}, containers: [{ name: 'main', env: [{ name: 'E', value: '' }] }] }),
      container({ env: [{ name: 'E' }] }),
    ],
    ['a false that is not stored', pod({ hostNetwork: false }), pod({})],
    [
      'defaults inside a value owned as a whole',
      { spec: { ingress: [{ ports: [{ port: 1 }] }] } },
      { spec: { ingress: [{ ports: [{ port: 1, protocol: 'TCP' }] }] } },
    ],
    ['a long text and its digest', { data: { big: 'x'.repeat(2000) } }, { data: { big: digestOf('x'.repeat(2000)) } }],
  ])('%s', (_name, rendered, live) => {
    expect(lacking('Thing', rendered, live)).toEqual([]);
  });
});

describe('lacking', () => {
  test.each<[string, Fields, Fields, string]>([
    ['another value', { spec: { replicas: 2 } }, { spec: { replicas: 3 } }, '.spec.replicas'],
    ['a missing field', { spec: { replicas: 2 } }, { spec: {} }, '.spec.replicas'],
    [
      'another amount',
      container({ resources: { limits: { cpu: '1' } } }),
      container({ resources: { limits: { cpu: '2' } } }),
      '.spec.template.spec.containers[name=main].resources.limits.cpu',
    ],
    ['a text that only looks like the same amount', { data: { a: '1000m' } }, { data: { a: '1' } }, '.data.a'],
    ['a number where a name is', { spec: { targetPort: 80 } }, { spec: { targetPort: '80' } }, '.spec.targetPort'],
    ['an empty text of a map', { data: { a: '' } }, { data: {} }, '.data.a'],
    [
      'a false that is stored',
      pod({ automountServiceAccountToken: false }),
      pod({}),
      '.spec.template.spec.automountServiceAccountToken',
    ],
    ['a zero that is stored', { spec: { replicas: 0 } }, { spec: {} }, '.spec.replicas'],
    [
      'an empty volume that became another',
      pod({ volumes: [{ name: 't', emptyDir: {} }] }),
      pod({ volumes: [{ name: 't', hostPath: { path: '/' } }] }),
      '.spec.template.spec.volumes[name=t].emptyDir',
    ],
    [
      'a container that is gone',
      container({}),
      pod({ containers: [{ name: 'other' }] }),
      '.spec.template.spec.containers[name=main]',
    ],
    [
      'a port of another protocol',
      container({ ports: [{ containerPort: 1 }] }),
      container({ ports: [{ containerPort: 1, protocol: 'UDP' }] }),
      '.spec.template.spec.containers[name=main].ports[containerPort=1,protocol=TCP]',
    ],
    [
      'an item more in a list owned as a whole',
      container({ args: ['a'] }),
      container({ args: ['a', 'b'] }),
      '.spec.template.spec.containers[name=main].args',
    ],
    [
      'another order where order counts',
      container({ args: ['a', 'b'] }),
      container({ args: ['b', 'a'] }),
      '.spec.template.spec.containers[name=main].args',
    ],
    [
      'a label more in a selector',
      { spec: { selector: { a: '1' } } },
      { spec: { selector: { a: '1', b: '2' } } },
      '.spec.selector',
    ],
    [
      'a condition more in a network rule',
      { spec: { ingress: [{ from: [] }] } },
      { spec: { ingress: [{ from: [], ports: [{ port: 1 }] }] } },
      '.spec.ingress',
    ],
    ['a rule more', { rules: [{ verbs: ['get'] }] }, { rules: [{ verbs: ['get'] }, { verbs: ['*'] }] }, '.rules'],
    [
      'a finalizer',
      { metadata: { name: 'a', finalizers: ['x'] } },
      { metadata: { name: 'a', finalizers: ['y'] } },
      '.metadata.finalizers[="x"]',
    ],
    [
      'an owner',
      { metadata: { name: 'a', ownerReferences: [{ uid: '1', name: 'o' }] } },
      {},
      '.metadata.ownerReferences',
    ],
    [
      'another long text',
      { data: { big: 'x'.repeat(2000) } },
      { data: { big: digestOf('y'.repeat(2000)) } },
      '.data.big',
    ],
    ['a key that needs quotes', { data: { 'a.yaml': '1' } }, { data: {} }, '.data["a.yaml"]'],
  ])('%s', (_name, rendered, live, path) => {
    expect(lacking('Thing', rendered, live)).toEqual([path]);
  });
});

test('an item renamed by somebody is told from one that was added', () => {
  const mine = { name: 'main', image: 'a', args: ['x'] };
  const find = (live: Fields[]) =>
    lacks(
      { metadata: {}, ...pod({ containers: live }) } as unknown as Live,
      { metadata: {}, ...pod({ containers: [mine] }) } as unknown as KubeObject,
    )[0];
  expect(find([{ ...mine, name: 'other', imagePullPolicy: 'Always' }])!.renamed).toMatchObject({ name: 'other' });
  expect(find([{ name: 'sidecar', image: 'b' }])!.renamed).toBeUndefined();
});

test('every sample lacks nothing of itself', () => {
  for (const object of sampleObjects('a')) expect(lacks(object as unknown as Live, object)).toEqual([]);
});
