// A program of its own: the smallest node:http server. Prints its port, ends with its input.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const body = '{"id":17,"state":"paid"}\n';
const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
const server = http.createServer((_request, response) => {
  response.writeHead(200, headers).end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on('end', () => process.exit());
