import http from 'node:http';
import type { AddressInfo } from 'node:net';

const counts: Record<string, number> = {};
const statuses: Record<string, number> = { '/error': 500, '/missing': 404 };

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const path = request.url ?? '/';
    const status = statuses[path] ?? 200;
    const key = `${request.method} ${status} ${path.replace('17', '{id}')}`;
    counts[key] = (counts[key] ?? 0) + 1;
    response.statusCode = status;
    if (path === '/big') response.write('b'.repeat(100_000));
    response.end('end');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ counts }));
