import { pki } from './certificates.ts';
import { type FaultProxy, type Faults, startFaultProxy } from './fault-proxy.ts';
import type { Place } from './place.ts';

/**
 * A fault proxy in front of the node's API server, on the node's own address so that pods reach it too.
 * Only a process inside the node can start it. A client uses it by KUBERNETES_SERVICE_HOST and _PORT, or as `server` of
 * a kubeconfig; the certificate is the API server's own.
 */
export function startNodeFaultProxy(place: Place, faults: Partial<Faults> = {}, port = 0): Promise<FaultProxy> {
  return startFaultProxy({
    upstream: place.apiServer,
    ca: pki(place, 'ca.crt'),
    certificate: pki(place, 'server.crt'),
    key: pki(place, 'server.key'),
    address: place.address,
    port,
    faults,
  });
}
