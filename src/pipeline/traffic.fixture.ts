import { createHash } from 'node:crypto';

export interface SentSpan {
  readonly service: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly resource?: Readonly<Record<string, string | boolean>>;
  readonly error?: boolean;
  readonly durationMs?: number;
}

export interface SentTrace {
  readonly id: string;
  readonly fate: string;
  readonly spans: readonly SentSpan[];
}

/** Ids that look random and are the same in every run. */
export function traceId(seed: string): string {
  return createHash('md5').update(seed).digest('hex');
}

export function spanCount(traces: readonly SentTrace[]): number {
  return traces.reduce((total, { spans }) => total + spans.length, 0);
}

/** Sends traces over OTLP/HTTP, each span in a request body of its own service; throws unless all are accepted. */
export async function sendTraces(url: string, traces: readonly SentTrace[], perRequest = 50): Promise<void> {
  for (let at = 0; at < traces.length; at += perRequest) {
    const resourceSpans = traces
      .slice(at, at + perRequest)
      .flatMap((trace) => trace.spans.map((span, nth) => toOtlp(trace, span, nth)));
    const answer = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }
}

function toOtlp({ id }: SentTrace, span: SentSpan, nth: number): object {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const endNs = startNs + BigInt(Math.round((span.durationMs ?? 5) * 1e6));
  return {
    resource: { attributes: pairs({ 'service.name': span.service, ...span.resource }) },
    scopeSpans: [
      {
        spans: [
          {
            traceId: id,
            spanId: createHash('md5').update(`${id}${nth}`).digest('hex').slice(0, 16),
            ...(nth > 0 && { parentSpanId: createHash('md5').update(`${id}0`).digest('hex').slice(0, 16) }),
            name: `span ${nth}`,
            kind: 2,
            startTimeUnixNano: String(startNs),
            endTimeUnixNano: String(endNs),
            attributes: pairs(span.attributes ?? {}),
            status: { code: span.error ? 2 : 0 },
          },
        ],
      },
    ],
  };
}

function pairs(values: Readonly<Record<string, string | number | boolean>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: typed(value) }));
}

function typed(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { intValue: String(value) };
}
