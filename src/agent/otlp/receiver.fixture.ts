import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeMessage } from './opentelemetry.fixture.ts';

export type Shown = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
  readonly resource: Shown;
  readonly attributes: Shown;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code: number };
}

export interface ReceivedPoint {
  readonly metric: string;
  readonly resource: Shown;
  readonly attributes: Shown;
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asInt?: string;
  readonly count?: string;
  readonly sum?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
  readonly exemplars?: readonly { readonly traceId: string; readonly spanId: string; readonly asDouble: number }[];
}

/** An OTLP/HTTP receiver that decodes with protobufjs and keeps everything. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Every point of every export; `latest` has the last of each series. */
  readonly points: ReceivedPoint[] = [];
  readonly #latest = new Map<string, ReceivedPoint>();
  readonly #server: http.Server;
  #wake = () => {};

  private constructor() {
    this.#server = http.createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        this.#take(request.url ?? '', gunzipSync(Buffer.concat(parts)));
        response.end();
        this.#wake();
      });
    });
  }

  /** @param port to listen on; 0 is any that is free. */
  static async start(port = 0): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve, reject) =>
      receiver.#server.once('error', reject).listen(port, '127.0.0.1', resolve),
    );
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last point of each series of a metric whose attributes and resource have these values. */
  latest(metric: string, having: Shown = {}): ReceivedPoint[] {
    return [...this.#latest.values()].filter(
      (point) =>
        point.metric === metric &&
        Object.entries(having).every(([key, value]) => (point.attributes[key] ?? point.resource[key]) === value),
    );
  }

  /** Sum of the counts of these series. */
  count(metric: string, having: Shown = {}): number {
    return this.latest(metric, having).reduce((sum, point) => sum + Number(point.count ?? point.asInt), 0);
  }

  /** Resolves as soon as a condition holds after something arrived; rejects after `withinMs`. */
  async until(condition: () => boolean, withinMs = 10_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!condition()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`not within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(url: string, body: Buffer): void {
    if (url === '/v1/traces') {
      const { resourceSpans = [] } = decodeMessage('TracesRequest', body) as { resourceSpans?: EncodedSpans[] };
      for (const { resource, scopeSpans } of resourceSpans) {
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          this.spans.push({
            ...span,
            resource: plain(resource.attributes),
            attributes: plain(span.attributes),
          } as ReceivedSpan);
        }
      }
      return;
    }
    const { resourceMetrics = [] } = decodeMessage('MetricsRequest', body) as { resourceMetrics?: EncodedMetrics[] };
    for (const { resource, scopeMetrics } of resourceMetrics) {
      for (const { name, sum, histogram } of scopeMetrics.flatMap((scope) => scope.metrics)) {
        for (const raw of (sum ?? histogram)?.dataPoints ?? []) {
          const attributes = plain(raw.attributes);
          const point = {
            ...raw,
            metric: name,
            resource: plain(resource.attributes),
            attributes,
          } as unknown as ReceivedPoint;
          this.points.push(point);
          this.#latest.set(JSON.stringify([name, point.resource, attributes]), point);
        }
      }
    }
  }
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface EncodedSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly { readonly spans: readonly { readonly attributes: readonly KeyValue[] }[] }[];
}
interface EncodedMetrics {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeMetrics: readonly { readonly metrics: readonly EncodedMetric[] }[];
}
interface EncodedMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints?: readonly { readonly attributes: readonly KeyValue[] }[] };
  readonly histogram?: { readonly dataPoints?: readonly { readonly attributes: readonly KeyValue[] }[] };
}

function plain(attributes: readonly KeyValue[] = []): Shown {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [kind, content] = Object.entries(value)[0] as [string, unknown];
      return [key, kind === 'intValue' ? Number(content) : content];
    }),
  );
}
