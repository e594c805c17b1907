import { portNumber } from './ports.ts';

export const loopback = '127.0.0.1';

/** gRPC inside a monolith: it calls itself there and nobody else does. */
export const grpcAddress = `${loopback}:9095`;

/** The `server` block, the same in Tempo, Mimir and Loki. At info they write a line a request, and pod logs come back to Loki. */
export function serverBlock(component: 'tempo' | 'mimir' | 'loki') {
  return {
    http_listen_port: portNumber(component, 'http'),
    grpc_listen_address: loopback,
    grpc_listen_port: 9095,
    log_level: 'warn',
  };
}
