import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Clock } from '../lib/clock.ts';
import type { Endpoint } from './connect.ts';
import { errorOf, TooManyRequests, Unreachable } from './errors.ts';
import { JsonLines } from './json-lines.ts';
import { Slots } from './slots.ts';
import { TokenBucket } from './token-bucket.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** The API server's own word for what a request does; the key of the counters. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** From the first byte sent to the last received; 30 s unless told. */
  readonly timeoutMs?: number;
  /** What to count this request as, where the method does not tell. */
  readonly verb?: Verb;
  /** Called at the last moment before each attempt is sent; what it throws is thrown, and nothing is sent. */
  readonly admit?: () => void;
  /** Not held back by the client's own bounds of rate and number (the lease). */
  readonly urgent?: boolean;
}

export interface StreamOptions {
  readonly query?: Query;
  readonly accept?: string;
  readonly signal: AbortSignal;
  /** How long the answer may take to begin; 30 s unless told. */
  readonly timeoutMs?: number;
  readonly onOpen?: () => void;
  readonly onValue: (value: unknown) => void;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text itself where the answer is not JSON. */
  readonly body: unknown;
}

/** Requests under way at once. Each connection costs a TLS handshake and some 300 kB; more make no server answer sooner. */
const width = 16;
const patience = { tries: 3, maxWaitMs: 30_000 };
const verbs: Readonly<Record<Method, Verb>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Raw JSON requests to one API server over kept-alive connections, below a rate bound of their own. */
export class Rest {
  /** Requests sent so far, by verb. */
  readonly counts: Record<Verb, number> = { get: 0, list: 0, watch: 0, create: 0, update: 0, patch: 0, delete: 0 };
  readonly endpoint: Endpoint;
  private readonly agent: http.Agent | https.Agent;
  private readonly server: http.RequestOptions;
  private readonly bucket: TokenBucket;
  private readonly slots = new Slots(width);
  private readonly clock: Clock;

  constructor(endpoint: Endpoint, options: { clock: Clock; perSecond?: number; burst?: number }) {
    this.endpoint = endpoint;
    this.clock = options.clock;
    this.server = urlToHttpOptions(new URL(endpoint.url));
    this.bucket = new TokenBucket({
      perSecond: options.perSecond ?? 50,
      burst: options.burst ?? 100,
      clock: options.clock,
    });
    // Probes of the kernel find a peer that vanished without a word.
    const alive = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: width };
    this.agent = endpoint.url.startsWith('https:')
      ? new https.Agent({ ...endpoint.tls, ...alive })
      : new http.Agent(alive);
    // There is one server: nothing has to be told apart by the whole of its certificates, twice a request.
    this.agent.getName = () => endpoint.url;
  }

  /**
   * One request, retried here only where the server says when (429). Throws the classes of `errors.ts`:
   * Conflict, Gone, Invalid, Forbidden, NotFound, TooManyRequests (after three waits), Unreachable (network and 5xx).
   */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(method, path, options);
      } catch (error) {
        if (!(error instanceof TooManyRequests) || attempt > patience.tries || options.signal?.aborted) throw error;
        const waitMs = Math.min(error.retryAfterMs, patience.maxWaitMs);
        this.bucket.pause(waitMs);
        if (options.urgent) await this.clock.sleep(waitMs, options.signal);
      }
    }
  }

  /** Streams JSON lines until the server ends them; throws as `request` does, and SyntaxError for a line that is not JSON. */
  async stream(path: string, options: StreamOptions): Promise<void> {
    await this.enter('watch', options);
    const headers = await this.headers(options.accept);
    const what = `WATCH ${path}`;
    await new Promise<void>((resolve, reject) => {
      const request = this.open('GET', path, options.query, headers, options.signal);
      const fail = (error: Error) => {
        request.destroy();
        reject(error);
      };
      const limitMs = options.timeoutMs ?? 30_000;
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${limitMs} ms`)), limitMs);
      request.on('close', () => clearTimeout(timer));
      request.on('error', (error) => reject(unreachable(what, error)));
      request.on('response', (response) => {
        clearTimeout(timer);
        if (response.statusCode !== 200) {
          collect(response).then((text) => reject(answerError(what, response, text)), reject);
          return;
        }
        options.onOpen?.();
        const lines = new JsonLines();
        response.on('data', (chunk: Buffer) => {
          try {
            lines.push(chunk).forEach(options.onValue);
          } catch (error) {
            fail(error as Error);
          }
        });
        response.on('end', resolve);
        response.on('error', (error) => reject(unreachable(what, error)));
        // A cut connection gives no 'end'.
        response.on('close', () => reject(unreachable(what, new Error('connection closed'))));
      });
      request.end();
    });
  }

  /** Ends idle connections; requests under way finish. */
  close(): void {
    this.agent.destroy();
  }

  private async attempt(method: Method, path: string, options: RequestOptions): Promise<Answer> {
    const what = `${method} ${path}`;
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers = await this.headers(options.accept);
    if (body !== undefined) {
      headers['content-type'] = options.contentType ?? 'application/json';
      headers['content-length'] = body.length;
    }
    const verb = options.verb ?? verbs[method];
    await this.enter(verb, options);
    const send = () => this.send(method, path, options, headers, body);
    const sent = await (options.urgent ? send() : this.slots.run(send));
    if (sent.status < 200 || sent.status > 299) throw answerError(what, sent.response, sent.text);
    return { status: sent.status, body: parse(what, sent.response, sent.text) };
  }

  private async send(...[method, path, options, headers, body]: Parameters<Rest['exchange']>): Promise<Exchanged> {
    const what = `${method} ${path}`;
    options.admit?.();
    return this.exchange(method, path, options, headers, body).catch((error: SocketError) => {
      // The server had closed the idle connection before our bytes arrived; only a create could happen twice.
      if (!error.stale || method === 'POST') throw unreachable(what, error);
      options.admit?.();
      return this.exchange(method, path, options, headers, body).catch((again: SocketError) => {
        throw unreachable(what, again);
      });
    });
  }

  private async enter(verb: Verb, options: { urgent?: boolean; signal?: AbortSignal }): Promise<void> {
    const waitMs = options.urgent ? 0 : this.bucket.reserve();
    if (waitMs > 0) await this.clock.sleep(waitMs, options.signal);
    this.counts[verb] += 1;
  }

  private async headers(accept = 'application/json'): Promise<http.OutgoingHttpHeaders> {
    return { ...(await this.endpoint.headers()), accept, 'user-agent': 'ostack' };
  }

  private open(
    method: Method,
    path: string,
    query: Query | undefined,
    headers: http.OutgoingHttpHeaders,
    signal?: AbortSignal,
  ): http.ClientRequest {
    const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    const { protocol, pathname } = this.server as { protocol: string; pathname: string };
    const transport = protocol === 'https:' ? https : http;
    return transport.request({
      ...this.server,
      path: `${pathname === '/' ? '' : pathname}${path}${search === '' ? '' : `?${search}`}`,
      method,
      headers,
      agent: this.agent,
      ...(signal && { signal }),
    });
  }

  private exchange(
    method: Method,
    path: string,
    options: RequestOptions,
    headers: http.OutgoingHttpHeaders,
    body: Buffer | undefined,
  ): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      const request = this.open(method, path, options.query, headers, options.signal);
      const limitMs = options.timeoutMs ?? 30_000;
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${limitMs} ms`)), limitMs);
      const fail = (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        const stale = request.reusedSocket && error.code === 'ECONNRESET';
        reject(Object.assign(error, { stale }));
      };
      request.on('error', fail);
      request.on('response', (response) => {
        collect(response).then((text) => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, text, response });
        }, fail);
      });
      request.end(body);
    });
  }
}

interface Exchanged {
  readonly status: number;
  readonly text: string;
  readonly response: http.IncomingMessage;
}

type SocketError = Error & { readonly stale?: boolean };

function collect(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.on('error', reject);
    response.on('close', () => reject(new Error('connection closed before the answer was whole')));
  });
}

function parse(what: string, response: http.IncomingMessage, text: string): unknown {
  if (!(response.headers['content-type'] ?? '').includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreachable(what, error as Error);
  }
}

function answerError(what: string, response: http.IncomingMessage, text: string): Error {
  return errorOf(what, response.statusCode ?? 0, text, response.headers['retry-after']);
}

function unreachable(what: string, cause: Error): Unreachable {
  const fix = 'Check that the API server is up and reachable from here.';
  return Object.assign(new Unreachable(`${what}: ${cause.message}`, 0, fix), { cause });
}
