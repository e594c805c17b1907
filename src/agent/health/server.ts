import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http } from '../node-modules.ts';
import { metricsText } from './metrics-text.ts';
import type { Readiness } from './readiness.ts';

export interface HealthOptions {
  readonly port: number;
  readonly readiness: () => Readiness;
  readonly samples: () => Iterable<readonly [string, number]>;
}

/** Serves /healthz (the event loop turns), /readyz (JSON, 503 until it works) and /metrics. */
export class HealthServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects if the port is taken. */
  static async start(options: HealthOptions): Promise<HealthServer> {
    const server = http().createServer((request, response) => {
      const answer = answerTo(request.url ?? '', options);
      response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
      response.end(answer.body);
    });
    server.keepAliveTimeout = 5_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, resolve);
    });
    return new HealthServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

function answerTo(url: string, options: HealthOptions): { status: number; type: string; body: string } {
  switch (url.split('?')[0]) {
    case '/healthz':
      return { status: 200, type: 'text/plain', body: 'ok\n' };
    case '/readyz': {
      const readiness = options.readiness();
      return { status: readiness.ready ? 200 : 503, type: 'application/json', body: `${JSON.stringify(readiness)}\n` };
    }
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4', body: metricsText(options.samples()) };
    default:
      return { status: 404, type: 'text/plain', body: 'not found: /healthz, /readyz and /metrics are here\n' };
  }
}
