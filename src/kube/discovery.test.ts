import { expect, test } from '@jest/globals';
import { Discovery } from './discovery.ts';
import { NotFound, Unreachable } from './errors.ts';

function discoveryOf() {
  const asked: string[] = [];
  const state = { down: false, crd: false };
  const lists: Record<string, () => object> = {
    '/api/v1': () => ({
      resources: [
        { name: 'pods', kind: 'Pod', namespaced: true },
        { name: 'pods/log', kind: 'Pod', namespaced: true },
        { name: 'namespaces', kind: 'Namespace', namespaced: false },
      ],
    }),
    '/apis/ostack.io/v1alpha1': () => ({
      resources: state.crd ? [{ name: 'observabilitystacks', kind: 'ObservabilityStack', namespaced: true }] : [],
    }),
  };
  const request = async (_method: string, path: string) => {
    asked.push(path);
    if (state.down) throw new Unreachable('down', 0, '');
    const body = lists[path]?.();
    if (body === undefined) throw new NotFound(path, 404, '');
    return { status: 200, body };
  };
  return { asked, state, discovery: new Discovery({ request }) };
}

test('paths follow from the kind, its scope and its group', async () => {
  const { discovery, state, asked } = discoveryOf();
  state.crd = true;
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'x' };
  expect(await discovery.pathOf(pod)).toBe('/api/v1/namespaces/a/pods/x');
  expect(await discovery.pathOf({ apiVersion: 'v1', kind: 'Namespace', name: 'a' })).toBe('/api/v1/namespaces/a');
  expect(await discovery.collectionOf('v1', 'Pod')).toBe('/api/v1/pods');
  expect(await discovery.collectionOf('v1', 'Namespace', 'a')).toBe('/api/v1/namespaces');
  const stack = { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', namespace: 'a', name: 'demo' };
  expect(await discovery.pathOf(stack, 'status')).toBe(
    '/apis/ostack.io/v1alpha1/namespaces/a/observabilitystacks/demo/status',
  );
  expect(asked).toEqual(['/api/v1', '/apis/ostack.io/v1alpha1']);
  await expect(discovery.pathOf({ apiVersion: 'v1', kind: 'Pod', name: 'x' })).rejects.toThrow('needs a namespace');
});

test('a kind that comes later is found without a restart', async () => {
  const { discovery, state } = discoveryOf();
  const collection = () => discovery.collectionOf('ostack.io/v1alpha1', 'ObservabilityStack');
  await expect(collection()).rejects.toBeInstanceOf(NotFound);
  state.crd = true;
  expect(await collection()).toBe('/apis/ostack.io/v1alpha1/observabilitystacks');
});

test('a failure is not remembered', async () => {
  const { discovery, state } = discoveryOf();
  state.down = true;
  await expect(discovery.collectionOf('v1', 'Pod')).rejects.toBeInstanceOf(Unreachable);
  state.down = false;
  expect(await discovery.collectionOf('v1', 'Pod')).toBe('/api/v1/pods');
});
