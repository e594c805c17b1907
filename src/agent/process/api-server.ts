import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { http, https } from '../node-modules.ts';

/** Where the API server is and how to show who we are. The token is read for each request because it is rotated. */
export interface ApiServer {
  readonly url: string;
  readonly authority?: Buffer;
  readonly token: () => string;
}

/** The API server answered with an error status; 403 names a missing permission, 410 a resource version too old. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server of the cluster this process runs in; undefined outside a pod. */
export function inClusterApiServer(environment: NodeJS.ProcessEnv): ApiServer | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  if (!host) return undefined;
  const port = environment['KUBERNETES_SERVICE_PORT_HTTPS'] ?? environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    authority: readFileSync(`${account}/ca.crt`),
    token: () => readFileSync(`${account}/token`, 'utf8').trim(),
  };
}

/** GET with the body as a stream; rejects with ApiError for anything but 200, and when nothing comes for `idleMs`. */
export function openApi(
  server: ApiServer,
  path: string,
  signal: AbortSignal,
  idleMs: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      signal,
      timeout: idleMs,
      headers: { authorization: `Bearer ${server.token()}`, accept: 'application/json' },
    };
    const request = server.url.startsWith('https:')
      ? https().get(server.url + path, { ...options, ca: server.authority })
      : http().get(server.url + path, options);
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`the API server was silent for ${idleMs} ms`)));
    request.on('response', (response) => {
      // A watch is silent for minutes; a peer that vanished must not look like one.
      response.socket.setKeepAlive(true, 30_000);
      if (response.statusCode === 200) return resolve(response);
      response.resume();
      reject(new ApiError(response.statusCode ?? 0, `GET ${path.split('?')[0]}: status ${response.statusCode}`));
    });
  });
}

export async function readJson(response: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** The lines of a watch, one parsed event each. */
export async function* readEvents(response: IncomingMessage): AsyncIterable<unknown> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    const lines = (rest + (part as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}
