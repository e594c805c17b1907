import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServerOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly metrics: () => Promise<string>;
  /** Why the process should be restarted, if it should. */
  readonly sick: () => string | undefined;
  /** Why nothing should rely on it now, if so. */
  readonly unready: () => string | undefined;
}

/** /metrics, /healthz and /readyz; resolves once it listens. */
export async function startServer(options: ServerOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    const verdict = (trouble: string | undefined) =>
      trouble === undefined ? say(200, 'ok\n') : say(503, `${trouble}\n`);
    const path = request.url?.split('?')[0];
    if (path === '/healthz') return verdict(options.sick());
    if (path === '/readyz') return verdict(options.unready());
    if (path !== '/metrics') return say(404, 'not here: /metrics, /healthz, /readyz\n');
    options.metrics().then(
      (text) => say(200, text, 'text/plain; version=0.0.4; charset=utf-8'),
      (error: Error) => say(500, `${error.message}\n`),
    );
  });
  await listening(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve());
  });
}
