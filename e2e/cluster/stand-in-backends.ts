import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tempo, Mimir, Loki and alloy-node in one process, as far as a canary can tell. */
export interface Backends {
  /** Sends every URL of a stack here. */
  resolve(url: string): string;
  /** Signals that come in and are not found again. */
  readonly broken: Set<'traces' | 'metrics' | 'logs'>;
  /** Text of every /metrics page; a function, as counters move. */
  metrics: (pod: string) => string;
  /** Canaries taken in, by signal. */
  readonly taken: Record<'traces' | 'metrics' | 'logs', number>;
  stop(): Promise<void>;
}

export async function startBackends(): Promise<Backends> {
  const stored = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://here');
      const [, host = '', ...rest] = url.pathname.split('/');
      const path = `/${rest.join('/')}`;
      const take = /^\/v1\/(traces|metrics|logs)$/.exec(path)?.[1] as 'traces' | 'metrics' | 'logs' | undefined;
      if (take !== undefined) {
        backends.taken[take] += 1;
        const body = Buffer.concat(chunks).toString();
        const id = /"traceId":"(\w+)"|"asDouble":(\d+)|"stringValue":"canary (\w+)"/.exec(body);
        if (!backends.broken.has(take)) stored.add(`${take} ${id?.[1] ?? id?.[2] ?? id?.[3]}`);
        return say(response, 200, {});
      }
      if (path.startsWith('/api/traces/')) {
        return stored.has(`traces ${path.slice(12)}`) ? say(response, 200, { batches: [{}] }) : say(response, 404, '');
      }
      const query = url.searchParams.get('query') ?? '';
      const signal = path.startsWith('/loki') ? 'logs' : 'metrics';
      const id = /== (\d+)|"(\w{32})"/.exec(query);
      if (query !== '')
        return say(response, 200, { data: { result: stored.has(`${signal} ${id?.[1] ?? id?.[2]}`) ? [{}] : [] } });
      if (path === '/readyz') return say(response, 200, { ready: true, reason: 'Ready', targets: 3 });
      return path === '/metrics' ? say(response, 200, backends.metrics(host)) : say(response, 404, '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const backends: Backends = {
    resolve: (text) => {
      const url = new URL(text);
      return `http://127.0.0.1:${port}/${url.hostname}${url.pathname}${url.search}`;
    },
    broken: new Set(),
    metrics: () => '',
    taken: { traces: 0, metrics: 0, logs: 0 },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return backends;
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
}
