import { readFileSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Agent, createServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong between a client and the API server. Nothing does by default. */
export interface Faults {
  /** All connections, watches included, are cut this often; 0 never. */
  readonly cutEveryMs: number;
  /** Share of requests, 0 to 1, answered with 429 or 500 and never forwarded. */
  readonly failShare: number;
  /** Time added before each request is forwarded. */
  readonly latencyMs: number;
}

/** A proxy that runs; clients speak TLS to `url` as if it were the API server. */
export interface FaultProxy {
  readonly url: string;
  /** What it did so far; a scenario that saw no fault proved nothing. */
  readonly counts: Readonly<{ requests: number; failed: number; cuts: number }>;
  set(faults: Partial<Faults>): void;
  cut(): void;
  stop(): Promise<void>;
}

/** Where the proxy stands: the API server behind it and the certificate it shows to clients. */
export interface FaultProxyOptions {
  /** `https://172.31.255.1:6443`, or `http://…` for a test. */
  readonly upstream: string;
  /** Certificate authority of the upstream, PEM file. */
  readonly ca?: string;
  /** Certificate and key shown to clients, PEM files; the node's own are `pki/server.crt` and `.key`. */
  readonly certificate: string;
  readonly key: string;
  /** Address to listen on, one of the certificate's. */
  readonly address: string;
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly faults?: Partial<Faults>;
  /** Source of chance, 0 to 1. */
  readonly random?: () => number;
}

const none: Faults = { cutEveryMs: 0, failShare: 0, latencyMs: 0 };

/** Starts a proxy in front of an API server. Bearer tokens pass through; client certificates cannot. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const random = options.random ?? Math.random;
  const upstream = new URL(options.upstream);
  const secure = upstream.protocol === 'https:';
  const agent = secure
    ? new Agent({ keepAlive: true, ...(options.ca && { ca: readFileSync(options.ca) }) })
    : undefined;
  const send = secure ? secureRequest : request;
  const counts = { requests: 0, failed: 0, cuts: 0 };
  const sockets = new Set<Duplex>();
  let faults = none;
  let timer: NodeJS.Timeout | undefined;

  const forward = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    counts.requests++;
    if (random() < faults.failShare) {
      counts.failed++;
      return refuse(answer, random() < 0.5 ? 429 : 500);
    }
    if (faults.latencyMs > 0) await sleep(faults.latencyMs);
    const { method, headers, url: path } = incoming;
    const { hostname, port } = upstream;
    const outgoing = send({ hostname, port, path, method, headers, ...(agent && { agent }) }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      answer.flushHeaders(); // a watch sends its headers long before its first event
      reply.pipe(answer);
      reply.once('error', () => answer.destroy());
    });
    outgoing.once('error', () => answer.destroy());
    answer.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  };

  const cut = (): void => {
    counts.cuts++;
    for (const socket of sockets) socket.destroy();
  };
  const set = (change: Partial<Faults>): void => {
    faults = { ...faults, ...change };
    clearInterval(timer);
    timer = faults.cutEveryMs > 0 ? setInterval(cut, faults.cutEveryMs) : undefined;
  };

  const identity = { cert: readFileSync(options.certificate), key: readFileSync(options.key) };
  const server = createServer(identity, (incoming, answer) => void forward(incoming, answer));
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.address, resolve);
  });
  set(options.faults ?? {});
  return {
    url: `https://${options.address}:${(server.address() as AddressInfo).port}`,
    counts,
    set,
    cut,
    async stop() {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      agent?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An error as the API server words it, so a client's own handling of Status objects is what is tested. */
function refuse(answer: ServerResponse, code: 429 | 500): void {
  const reason = code === 429 ? 'TooManyRequests' : 'InternalError';
  const message = 'refused on purpose by the fault proxy';
  answer.writeHead(code, { 'content-type': 'application/json', ...(code === 429 && { 'retry-after': '1' }) });
  answer.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }));
}
