import { Agent, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends one request and reads the whole answer; rejects on network errors and after `timeoutMs`. */
export type Http = (
  url: string,
  options?: { readonly json?: object; readonly timeoutMs?: number; readonly signal?: AbortSignal },
) => Promise<HttpAnswer>;

// A kept connection would stay with one pod of a Service and never see the others.
const agent = new Agent({ keepAlive: false });

/** Plain HTTP inside the cluster: one connection a request, answers up to 16 MiB. */
export const plainHttp: Http = (url, { json, timeoutMs = 5000, signal } = {}) =>
  new Promise((resolve, reject) => {
    const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    const limit = AbortSignal.timeout(timeoutMs);
    const headers = body ? { 'content-type': 'application/json', 'content-length': body.length } : {};
    const sent = request(
      url,
      { method: body ? 'POST' : 'GET', headers, agent, signal: signal ? AbortSignal.any([signal, limit]) : limit },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > 16 << 20) sent.destroy(new Error(`the answer of ${url} is too long`));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
