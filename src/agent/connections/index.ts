export { Connections, type ConnectionsOptions } from './connections.ts';
