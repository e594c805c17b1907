import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** One synthetic trace: three spans in three services, as a shop order would leave them. */
export interface Trace {
  readonly id: string;
  readonly fate: 'plain' | 'error' | 'slow';
}

/** `total` traces of which the first `errors` fail and the next `slow` take longer than 500 ms. */
export function makeTraces(total: number, errors: number, slow: number): Trace[] {
  return Array.from({ length: total }, (_, index) => ({
    id: randomBytes(16).toString('hex'),
    fate: index < errors ? 'error' : index < errors + slow ? 'slow' : 'plain',
  }));
}

const services = ['web', 'cart', 'bank'] as const;
/** Spans a trace has; span-metric counts are `traces × spansPerTrace`. */
export const spansPerTrace = services.length;

/** The three spans as one OTLP/JSON request each, because three services send on their own. */
export function toOtlp(trace: Trace, suffix: string): object[] {
  const end = Date.now();
  const durationMs = trace.fate === 'slow' ? 800 : 20;
  const ids = services.map(() => randomBytes(8).toString('hex'));
  return services.map((service, depth) => ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: `${service}-${suffix}` } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: trace.id,
                spanId: ids[depth],
                ...(depth > 0 && { parentSpanId: ids[depth - 1] }),
                name: 'GET /orders/{id}',
                kind: 2,
                startTimeUnixNano: `${end - durationMs}000000`,
                endTimeUnixNano: `${end}000000`,
                attributes: [{ key: 'http.route', value: { stringValue: '/orders/{id}' } }],
                status: trace.fate === 'error' && depth === services.length - 1 ? { code: 2, message: 'declined' } : {},
              },
            ],
          },
        ],
      },
    ],
  }));
}

/** Requests under way at once; an SDK has one, and there are three of them. */
const senders = 12;

/** Sends every span of every trace to an OTLP/HTTP endpoint; `perSecond` bounds the rate in traces. */
export async function sendTraces(
  endpoint: string,
  traces: readonly Trace[],
  options: { suffix: string; perSecond: number },
): Promise<void> {
  const started = Date.now();
  const rest = traces.map((trace, index) => ({ trace, dueMs: (index * 1000) / options.perSecond })).toReversed();
  const send = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      await sleep(Math.max(0, started + item.dueMs - Date.now()));
      for (const body of toOtlp(item.trace, options.suffix)) await post(`${endpoint}/v1/traces`, body);
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
}

/**
 * Repeats only what the collector refused by name, as the OTLP specification has it. A request without an answer is not
 * repeated but fails the scenario: it may have been counted.
 */
async function post(url: string, body: object): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(120_000),
    });
    await response.arrayBuffer();
    if (response.ok) return;
    if (![429, 502, 503, 504].includes(response.status) || attempt === 5) throw new Error(`${url}: ${response.status}`);
    await sleep(500 * 2 ** attempt);
  }
}
