import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { apiServiceAddress, nodeAddress, type Place } from './place.ts';

/** Who may speak to the API server, by bearer token. Tokens pass through a proxy, client certificates do not. */
export const users = {
  admin: { user: 'ostack-admin', groups: ['system:masters'] },
  'controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  scheduler: { user: 'system:kube-scheduler', groups: [] },
  proxy: { user: 'system:kube-proxy', groups: [] },
  dns: { user: 'ostack-dns', groups: ['system:masters'] },
  storage: { user: 'ostack-storage', groups: ['system:masters'] },
} as const;
export type User = keyof typeof users | 'node';

/** File of the node's keys and certificates. */
export function pki(place: Place, file: string): string {
  return join(place.root, 'pki', file);
}

/** Kubeconfig of one user. */
export function kubeconfigOf(place: Place, user: User): string {
  return user === 'admin' ? place.kubeconfig : pki(place, `${user}.kubeconfig`);
}

const names = ['DNS:localhost', 'DNS:kubernetes', 'DNS:kubernetes.default', 'DNS:kubernetes.default.svc'];
const addresses = ['127.0.0.1', nodeAddress, apiServiceAddress].map((address) => `IP:${address}`);

/** Writes a certificate authority, the serving and kubelet-client pairs, the service-account key, tokens and kubeconfigs. */
export async function makeCertificates(place: Place): Promise<void> {
  mkdirSync(join(place.root, 'pki'), { recursive: true, mode: 0o700 });
  await makePair(place, 'ca', '/CN=ostack-node', ['-addext', 'basicConstraints=critical,CA:TRUE']);
  const signed = ['-CA', pki(place, 'ca.crt'), '-CAkey', pki(place, 'ca.key'), '-addext', 'basicConstraints=CA:FALSE'];
  const serving = [...signed, '-addext', `subjectAltName=${[...names, ...addresses].join(',')}`];
  await Promise.all([
    makePair(place, 'server', '/CN=kube-apiserver', serving),
    makePair(place, 'kubelet-client', '/O=system:masters/CN=kube-apiserver', signed),
    execa('openssl', [
      'ecparam',
      '-name',
      'prime256v1',
      '-genkey',
      '-noout',
      '-out',
      pki(place, 'service-account.key'),
    ]),
  ]);
  const accounts = { ...users, node: { user: `system:node:${place.name}`, groups: ['system:nodes'] } };
  const lines = Object.entries(accounts).map(([name, { user, groups }]) => {
    const token = randomBytes(24).toString('base64url');
    writeFileSync(kubeconfigOf(place, name as User), kubeconfig(place, token), { mode: 0o600 });
    return `${token},${user},${user},"${groups.join(',')}"`;
  });
  writeFileSync(pki(place, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

async function makePair(place: Place, name: string, subject: string, extra: readonly string[]): Promise<void> {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    pki(place, `${name}.key`),
  ];
  await execa('openssl', [
    'req',
    '-x509',
    '-days',
    '365',
    '-subj',
    subject,
    ...key,
    '-out',
    pki(place, `${name}.crt`),
    ...extra,
  ]);
}

function kubeconfig(place: Place, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': place.name,
    clusters: [
      { name: place.name, cluster: { server: place.apiServer, 'certificate-authority': pki(place, 'ca.crt') } },
    ],
    users: [{ name: place.name, user: { token } }],
    contexts: [{ name: place.name, context: { cluster: place.name, user: place.name } }],
  });
}
