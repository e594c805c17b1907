// A program of its own: makes the requests each line of its input asks for, then says so with a line.
import http from 'node:http';
import { createInterface } from 'node:readline';

/** `%` in the path is replaced by a running number. */
interface Wish {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly times: number;
  readonly connections: number;
}

const agents = new Map<number, http.Agent>();

function send(agent: http.Agent, { port, method = 'GET' }: Wish, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, host: '127.0.0.1', port, method, path }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(method === 'POST' ? 'b'.repeat(4000) : undefined);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line) as Wish;
  const agent = agents.get(wish.connections) ?? new http.Agent({ keepAlive: true, maxSockets: wish.connections });
  agents.set(wish.connections, agent);
  let next = 0;
  const worker = async () => {
    while (next < wish.times) await send(agent, wish, wish.path.replace('%', String(next++)));
  };
  await Promise.all(Array.from({ length: wish.connections }, worker));
  console.log('done');
}
