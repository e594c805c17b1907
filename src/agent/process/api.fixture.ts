import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Reply = { readonly status: number; readonly body?: object } | { readonly watch: true };

/** An API server that answers what the test says and keeps watches open. */
export class FakeApi {
  readonly asked: string[] = [];
  readonly #server: http.Server;
  readonly #watches = new Set<http.ServerResponse>();
  reply: (url: URL) => Reply = () => ({ status: 404 });

  private constructor() {
    this.#server = http.createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://api');
      this.asked.push(`${request.headers.authorization} ${url.pathname}?${url.searchParams}`);
      const reply = this.reply(url);
      if ('watch' in reply) {
        response.writeHead(200).flushHeaders();
        this.#watches.add(response);
        response.on('close', () => this.#watches.delete(response));
      } else response.writeHead(reply.status).end(JSON.stringify(reply.body ?? {}));
    });
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get server() {
    return { url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, token: () => 'secret' };
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Sends an event in two pieces, as a network may. */
  event(type: string, object: object): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    for (const watch of this.#watches) {
      watch.write(line.slice(0, 9));
      watch.write(line.slice(9));
    }
  }

  /** Ends every watch as a server does whose time for it is over. */
  end(): void {
    for (const watch of this.#watches) watch.end();
    this.#watches.clear();
  }

  /** Breaks every watch in the middle of a line. */
  cut(): void {
    for (const watch of this.#watches) watch.destroy();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
