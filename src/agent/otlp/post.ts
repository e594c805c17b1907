import type { IncomingMessage, Agent } from 'node:http';
import { promisify } from 'node:util';
import { http, https, zlib } from '../node-modules.ts';

/** How one OTLP/HTTP request ended. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
export type PostResult =
  | { readonly kind: 'accepted'; readonly body: Buffer }
  /** Status 0: it could not even be asked (a header or protocol that there is not). */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number };

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly nowMs: number;
}

const retryable = new Set([429, 502, 503, 504]);
const longestAnswer = 64 * 1024;
/** Takes about a millisecond to pack. */
const atOnceBytes = 64 * 1024;
// Nine tenths of the gain for a third of the cost.
const level = 1;

/** Connections to one OTLP endpoint, kept alive between requests. */
export class OtlpConnection {
  readonly #secure: boolean;
  #agent: Agent | undefined;

  constructor(endpoint: string) {
    this.#secure = new URL(endpoint).protocol === 'https:';
  }

  /** Sends one protobuf body, gzipped. Never throws. */
  async post(url: string, body: Buffer, options: PostOptions): Promise<PostResult> {
    const packed = await compressed(body);
    const { Agent, request: open } = this.#secure ? https() : http();
    const asked = {
      method: 'POST',
      agent: (this.#agent ??= new Agent({ keepAlive: true, maxSockets: 2 })),
      signal: options.signal,
      timeout: options.timeoutMs,
      headers: {
        ...options.headers,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        'content-length': packed.length,
      },
    };
    return new Promise<PostResult>((resolve) => {
      const request = open(url, asked);
      request.on('timeout', () => request.destroy(new Error(`no answer within ${options.timeoutMs} ms`)));
      request.on('error', (error) => resolve({ kind: 'retry', why: error.message }));
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size <= longestAnswer) parts.push(part);
        });
        response.on('error', (error) => resolve({ kind: 'retry', why: error.message }));
        response.on('end', () => resolve(verdict(response, Buffer.concat(parts), options.nowMs)));
      });
      request.end(packed);
    }).catch((error: unknown) => ({ kind: 'refused', status: 0, text: String(error) }));
  }

  close(): void {
    this.#agent?.destroy();
  }
}

/** A second's spans are packed at once: a stream and another thread would cost more than that. */
async function compressed(body: Buffer): Promise<Buffer> {
  const { gzip, gzipSync } = zlib();
  return body.length <= atOnceBytes ? gzipSync(body, { level }) : promisify(gzip)(body, { level });
}

function verdict(response: IncomingMessage, body: Buffer, nowMs: number): PostResult {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: 'accepted', body };
  if (!retryable.has(status)) return { kind: 'refused', status, text: body.toString('utf8').slice(0, 500) };
  const afterMs = retryAfterMs(response.headers['retry-after'], nowMs);
  return { kind: 'retry', why: `status ${status}`, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), in milliseconds from now. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
