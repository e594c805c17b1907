import { join } from 'node:path';
import { kubeconfigOf } from './certificates.ts';
import type { Daemon } from './daemon.ts';
import { dnsAddress, type Place } from './place.ts';
import { programPath } from './programs.ts';

/**
 * Cluster DNS as a program beside the kubelet, not as a pod: it answers before the first pod starts and needs no image.
 * Pods reach it the usual way, through the Service `kube-dns`.
 */
export function coredns(place: Place): Daemon {
  const config = join(place.root, 'Corefile');
  const settings = `.:53 {
  bind ${place.address}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfigOf(place, 'dns')}
    ttl 5
  }
  cache 5
}
`;
  return { name: 'coredns', files: { [config]: settings }, command: programPath('coredns'), args: ['-conf', config] };
}

/** The Service `kube-dns` and its one endpoint. */
export function dnsObjects(place: Place): object[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const ports = ['UDP', 'TCP'].map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol }));
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
      spec: { clusterIP: dnsAddress, ports },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'kube-dns',
        namespace: 'kube-system',
        labels: { ...labels, 'kubernetes.io/service-name': 'kube-dns' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [place.address], conditions: { ready: true } }],
      ports,
    },
  ];
}
