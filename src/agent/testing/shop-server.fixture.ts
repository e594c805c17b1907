// A program of its own: an HTTP server that counts what it answered, the truth of the tests.
import http from 'node:http';
import { createInterface } from 'node:readline';

const counts: Record<string, number> = {};
const statuses: Readonly<Record<string, number>> = { fail: 503, missing: 404 };

const server = http.createServer((request, response) => {
  const [, place = '', size = '0'] = (request.url ?? '').split('/');
  const status = statuses[place] ?? 200;
  const key = `${request.method} /${place} ${status}`;
  counts[key] = (counts[key] ?? 0) + 1;
  request.resume();
  request.on('end', () => {
    const body = 'x'.repeat(Number(size) % 5000);
    setTimeout(() => response.writeHead(status).end(body), place === 'slow' ? 250 : 0);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));

for await (const line of createInterface({ input: process.stdin }))
  if (line === 'counts') console.log(JSON.stringify(counts));
