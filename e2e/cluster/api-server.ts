import { join } from 'node:path';
import { pki } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import { type Place, serviceRange } from './place.ts';
import { programPath } from './programs.ts';

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/** The API server. Every request lands in the audit log at level Metadata; scenarios count writes there. */
export function apiServer(place: Place): Daemon {
  const policy = join(place.root, 'audit-policy.json');
  return {
    name: 'kube-apiserver',
    files: { [policy]: JSON.stringify(auditPolicy) },
    command: programPath('kube-apiserver'),
    args: [
      '--etcd-servers=http://127.0.0.1:2379',
      '--bind-address=0.0.0.0',
      `--advertise-address=${place.address}`,
      `--service-cluster-ip-range=${serviceRange}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      `--client-ca-file=${pki(place, 'ca.crt')}`,
      `--token-auth-file=${pki(place, 'tokens.csv')}`,
      `--tls-cert-file=${pki(place, 'server.crt')}`,
      `--tls-private-key-file=${pki(place, 'server.key')}`,
      // Without this the server looks the node's name up in DNS for logs and exec.
      '--kubelet-preferred-address-types=InternalIP',
      `--kubelet-client-certificate=${pki(place, 'kubelet-client.crt')}`,
      `--kubelet-client-key=${pki(place, 'kubelet-client.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${pki(place, 'service-account.key')}`,
      `--service-account-signing-key-file=${pki(place, 'service-account.key')}`,
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${place.auditLog}`,
      '--audit-log-maxsize=8192',
    ],
  };
}
