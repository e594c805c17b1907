// A server and a client on node:http, as the peers of bpf/test/peers:
//   server            prints its port; until standard input ends, then prints "METHOD STATUS PATH COUNT"
//   client PORT N C   after a line on standard input, N requests on C connections; prints what was answered
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

const paths = ['/plain', '/sized', '/chunked', '/file', '/missing', '/fail'];
const statuses: Readonly<Record<string, number>> = { '/missing': 404, '/fail': 503 };
const sizes: Readonly<Record<string, number>> = { '/sized': 100_000, '/file': 50_000 };
const counts = new Map<string, number>();

function count(method: string | undefined, status: number | undefined, path: string | undefined): void {
  const key = `${method} ${status} ${path}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const path = request.url ?? '/';
  const status = statuses[path] ?? 200;
  count(request.method, status, path);
  response.statusCode = status;
  const body = Buffer.alloc(sizes[path] ?? 5);
  if (path !== '/chunked') {
    response.setHeader('Content-Length', body.length);
    response.end(body);
    return;
  }
  for (let i = 0; i < 5; i++) response.write(Buffer.alloc(3000));
  response.end();
}

async function serve(): Promise<void> {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => answer(request, response));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  console.log((server.address() as AddressInfo).port);
  await once(process.stdin.resume(), 'end');
  server.close();
  server.closeAllConnections();
}

async function ask(agent: http.Agent, port: number, i: number): Promise<void> {
  const path = paths[i % paths.length] ?? '/';
  const method = i % 4 === 0 ? 'POST' : 'GET';
  const request = http.request({ agent, host: '127.0.0.1', port, path, method });
  request.end(method === 'POST' ? 'b'.repeat(i % 9000) : undefined);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  await once(response.resume(), 'end');
  count(method, response.statusCode, path);
}

async function run(port: number, requests: number, connections: number): Promise<void> {
  await once(createInterface({ input: process.stdin }), 'line');
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const work = async () => {
    while (next < requests) await ask(agent, port, next++);
  };
  await Promise.all(Array.from({ length: connections }, work));
  agent.destroy();
}

const [what, ...numbers] = process.argv.slice(2);
const [port = 0, requests = 0, connections = 1] = numbers.map(Number);
await (what === 'server' ? serve() : run(port, requests, connections));
for (const [key, n] of counts) console.log(key, n);
