import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from './connect.ts';
import type { Live } from './resource.ts';

interface Recorded {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Live;
}

/**
 * A small API server for one collection at `/things`, strict where the real one is: it pages, refuses versions it no
 * longer keeps, ends watches when asked to, and can be told to misbehave in every way a network or a server does.
 */
export class FakeApi {
  readonly requests: { readonly kind: 'list' | 'watch'; readonly query: URLSearchParams; readonly accept: string }[] =
    [];
  /** Open watches. */
  readonly watches = new Set<http.ServerResponse>();
  /** While true, watches take what happens and say nothing, as behind a dead connection. */
  frozen = false;
  private readonly server = http.createServer((request, response) => this.answer(request, response));
  private readonly objects = new Map<string, Live>();
  private readonly history: Recorded[] = [];
  private readonly faults: { readonly kind: 'list' | 'watch'; readonly status: number; readonly headers: object }[] =
    [];
  private version = 100;
  private oldest = 0;

  async start(): Promise<Endpoint> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { url, tls: {}, namespace: 'default', headers: async () => ({}) };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  put(name: string, fields: Readonly<Record<string, unknown>> = {}): Live {
    this.version += 1;
    const before = this.objects.get(name);
    const metadata = { name, namespace: 'a', uid: before?.metadata.uid ?? `${name}-${this.version}` };
    const resourceVersion = String(this.version);
    const object = { apiVersion: 'v1', kind: 'Thing', metadata: { ...metadata, resourceVersion }, ...fields };
    this.objects.set(name, object);
    this.record({ version: this.version, type: before ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  remove(name: string): void {
    this.version += 1;
    const before = this.objects.get(name)!;
    this.objects.delete(name);
    const metadata = { ...before.metadata, resourceVersion: String(this.version) };
    this.record({ version: this.version, type: 'DELETED', object: { ...before, metadata } });
  }

  /** Forgets history: watches from before now get 410. */
  compact(): void {
    this.oldest = this.version;
  }

  /** Starts over from an older state, as after a backup was restored: versions are used a second time. */
  restore(version: number, names: readonly string[]): void {
    this.version = version;
    this.history.length = 0;
    this.objects.clear();
    for (const name of names) this.put(name);
    this.oldest = this.version;
  }

  /** Something happens elsewhere, and every watch is told how far the server is. */
  bookmark(): void {
    this.version += 1;
    const object = { metadata: { resourceVersion: String(this.version) } };
    for (const watch of this.watches) send(watch, { type: 'BOOKMARK', object });
  }

  /** An ERROR event in the middle of every watch. */
  breakWatches(code: number): void {
    for (const watch of this.watches)
      send(watch, { type: 'ERROR', object: { kind: 'Status', code, message: 'made up' } });
  }

  /** Resets the connection of every watch. */
  resetWatches(): void {
    for (const watch of this.watches) watch.socket?.resetAndDestroy();
  }

  /** Ends every watch in good order, as at its deadline. */
  endWatches(): void {
    for (const watch of this.watches) {
      this.watches.delete(watch);
      watch.end();
    }
  }

  /** Answers the next requests of a kind with an error. */
  failNext(kind: 'list' | 'watch', status: number, times = 1, headers: object = {}): void {
    for (let left = times; left > 0; left -= 1) this.faults.push({ kind, status, headers });
  }

  count(kind: 'list' | 'watch'): number {
    return this.requests.filter((request) => request.kind === kind).length;
  }

  private record(event: Recorded): void {
    this.history.push(event);
    if (!this.frozen) for (const watch of this.watches) send(watch, event);
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url!, 'http://fake');
    const kind = url.searchParams.has('watch') ? 'watch' : 'list';
    this.requests.push({ kind, query: url.searchParams, accept: request.headers.accept ?? '' });
    const fault = this.faults.findIndex((candidate) => candidate.kind === kind);
    if (fault >= 0) {
      const [{ status, headers }] = this.faults.splice(fault, 1) as [(typeof this.faults)[number]];
      response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html>no</html>');
    } else if (url.pathname !== '/things') refuse(response, 404);
    else if (kind === 'list') this.list(url.searchParams, response);
    else this.watch(url.searchParams, response);
  }

  private list(query: URLSearchParams, response: http.ServerResponse): void {
    const [from, version] = query.get('continue')?.split('@').map(Number) ?? [0, this.version];
    if (query.has('continue') && version! < this.oldest) return refuse(response, 410);
    const limit = Number(query.get('limit') ?? Infinity);
    const all = [...this.objects.values()];
    const items = all.slice(from, from! + limit);
    const more = from! + limit < all.length ? `${from! + limit}@${version}` : undefined;
    const metadata = { resourceVersion: String(version), ...(more && { continue: more }) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'ThingList', apiVersion: 'v1', metadata, items }));
  }

  private watch(query: URLSearchParams, response: http.ServerResponse): void {
    const strict = query.get('allowWatchBookmarks') === 'true' && Number(query.get('timeoutSeconds')) > 0;
    if (!strict || !query.has('resourceVersion')) return refuse(response, 400);
    const since = Number(query.get('resourceVersion'));
    if (since < this.oldest) return refuse(response, 410);
    if (since > this.version) return refuse(response, 504);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const event of this.history) if (event.version > since) send(response, event);
    this.watches.add(response);
    response.on('close', () => this.watches.delete(response));
  }
}

function send(watch: http.ServerResponse, event: object): void {
  const { type, object } = event as Recorded;
  const line = `${JSON.stringify({ type, object })}\n`;
  // Chunks do not follow lines on a real network.
  watch.write(line.slice(0, 7));
  watch.write(line.slice(7));
}

function refuse(response: http.ServerResponse, code: number): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'Status', code, message: `made up ${code}` }));
}
