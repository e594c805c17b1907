import type { RedRow } from '../bpf/contract.ts';
import type { Services } from '../process/index.ts';
import type { Party } from './service-graph.ts';

/**
 * Who answers calls to an address of this host. Loopback is one address for every pod and a port may be open in each, so
 * in a cluster only the caller's own pod is looked at; calls to the node's address are drawn by who serves them. Without
 * pods the only service on a port is meant, and of several none.
 * @returns the service a client's row stands for calls to; undefined if that is not known.
 */
export function listenersOf(
  rows: Iterable<RedRow>,
  services: Services,
  inCluster: boolean,
): (row: RedRow) => Party | undefined {
  const byPlace = new Map<string, Set<number>>();
  const placeOf = ({ serviceId, serverPort }: RedRow): string | undefined => {
    const pod = inCluster ? services.get(serviceId)?.resource['k8s.pod.uid'] : '';
    return pod === undefined ? undefined : `${pod} ${serverPort}`;
  };
  for (const row of rows) {
    const place = row.side === 'server' && services.get(row.serviceId) ? placeOf(row) : undefined;
    if (place === undefined) continue;
    const there = byPlace.get(place);
    if (there) there.add(row.serviceId);
    else byPlace.set(place, new Set([row.serviceId]));
  }
  return (row) => {
    if (inCluster && !isLoopback(row.peer.address)) return undefined;
    const [only, another] = byPlace.get(placeOf(row) ?? '') ?? [];
    return only === undefined || another !== undefined ? undefined : services.get(only);
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
