export { inClusterApiServer, type ApiServer } from './api-server.ts';
export { ProcessDiscovery, type DiscoveryOptions } from './discovery.ts';
export type { Identity, Place } from './identity.ts';
export { Peers, type Peer, type PeersOptions } from './peers.ts';
export { PodWatch, type PodWatchOptions } from './pod-watch.ts';
export type { Pod } from './pod.ts';
export { readHostAddresses } from './host-addresses.ts';
export { Services } from './services.ts';
export { countsAt } from './selection.ts';
