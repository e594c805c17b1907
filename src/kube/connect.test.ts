import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, connectInCluster } from './connect.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ostack-connect-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function mount(token: string): void {
  writeFileSync(join(dir, 'ca.crt'), 'CA');
  writeFileSync(join(dir, 'namespace'), 'ostack-system\n');
  writeFileSync(join(dir, 'token'), token);
}

test('a pod reaches the API server with its service account', async () => {
  mount('first\n');
  const endpoint = connectInCluster(dir, { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' });
  expect(endpoint.url).toBe('https://10.0.0.1:6443');
  expect(endpoint.namespace).toBe('ostack-system');
  expect(String(endpoint.tls.ca)).toBe('CA');
  expect(await endpoint.headers()).toEqual({ authorization: 'Bearer first' });
});

test('a token that was rotated is read again within a minute, not with every request', async () => {
  mount('first');
  let now = 0;
  const endpoint = connectInCluster(dir, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, () => now);
  await endpoint.headers();
  mount('second');
  now = 59_000;
  expect(await endpoint.headers()).toEqual({ authorization: 'Bearer first' });
  now = 61_000;
  expect(await endpoint.headers()).toEqual({ authorization: 'Bearer second' });
});

test('an IPv6 address is put in brackets', () => {
  mount('t');
  expect(connectInCluster(dir, { KUBERNETES_SERVICE_HOST: 'fd00::1' }).url).toBe('https://[fd00::1]:443');
});

const context = (name: string) => ({ name, context: { cluster: name, user: name, namespace: `ns-${name}` } });

function kubeconfig(cluster: object = {}): string {
  const file = join(dir, 'config');
  const config = {
    'current-context': 'one',
    contexts: [context('one'), context('two')],
    clusters: ['one', 'two'].map((name) => ({
      name,
      cluster: { server: `https://${name}:6443/`, 'certificate-authority-data': btoa('CA'), ...cluster },
    })),
    users: [
      { name: 'one', user: { token: 'secret' } },
      { name: 'two', user: { 'client-certificate-data': btoa('CERT'), 'client-key-data': btoa('KEY') } },
    ],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test('a kubeconfig gives the current context, or the one asked for', async () => {
  const one = await connect({ kubeconfig: kubeconfig() });
  expect([one.url, one.namespace, String(one.tls.ca)]).toEqual(['https://one:6443', 'ns-one', 'CA']);
  expect(await one.headers()).toEqual({ Authorization: 'Bearer secret' });
  const two = await connect({ kubeconfig: kubeconfig(), context: 'two' });
  expect([two.url, String(two.tls.cert), String(two.tls.key)]).toEqual(['https://two:6443', 'CERT', 'KEY']);
});

test('a server behind `kubectl proxy` is spoken to plainly', async () => {
  const endpoint = await connect({ kubeconfig: kubeconfig({ server: 'http://127.0.0.1:8001' }) });
  expect(endpoint.url).toBe('http://127.0.0.1:8001');
  expect(await endpoint.headers()).toEqual({ Authorization: 'Bearer secret' });
});

describe('without any kubeconfig', () => {
  const { HOME, KUBECONFIG } = process.env;
  beforeEach(() => {
    process.env['HOME'] = dir;
    delete process.env['KUBECONFIG'];
  });
  afterEach(() => void Object.assign(process.env, { HOME, ...(KUBECONFIG !== undefined && { KUBECONFIG }) }));

  test('what to name is said, instead of guessing a server', async () => {
    await expect(connect()).rejects.toThrow(/name a file with --kubeconfig/);
  });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a file that is not there', () => connect({ kubeconfig: '/nowhere/config' }), /nowhere/],
  ['a context that is not there', () => connect({ kubeconfig: kubeconfig(), context: 'three' }), /three/],
  ['a proxy', () => connect({ kubeconfig: kubeconfig({ 'proxy-url': 'http://p:1' }) }), /proxy-url is not supported/],
])('%s is named', async (_name, connecting, message) => {
  await expect(connecting()).rejects.toThrow(message);
});
