import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

// The parts of opentelemetry/proto that the tests look at.
const schema = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Status { int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string name = 5; repeated KeyValue attributes = 9; Status status = 15; }
message ScopeSpans { repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message NumberDataPoint { repeated KeyValue attributes = 7; oneof value { double as_double = 4; sfixed64 as_int = 6; } }
message Sum { repeated NumberDataPoint data_points = 1; }
message Metric { string name = 1; Sum sum = 7; }
message ScopeMetrics { repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Metrics { repeated ResourceMetrics resource_metrics = 1; }`;
const types = protobuf.parse(schema, { keepCase: true }).root;

export interface SeenSpan {
  readonly traceId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Sink {
  readonly url: string;
  readonly spans: readonly SeenSpan[];
  /** The last value of each point of a sum, by its attributes. */
  sumsOf(name: string): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** An OTLP/HTTP backend that takes everything and remembers spans and sums. Any other path is answered with 200. */
export async function openSink(): Promise<Sink> {
  const spans: SeenSpan[] = [];
  const sums = new Map<string, Map<string, number>>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      if (request.url === '/v1/traces') spans.push(...spansOf(decode('Traces', plain)));
      if (request.url === '/v1/metrics') remember(sums, decode('Metrics', plain));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await listening(server);
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    sumsOf: (name) => sums.get(name) ?? new Map(),
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, '127.0.0.1', done));
}

// oxlint-disable-next-line typescript/no-explicit-any
function decode(type: string, body: Buffer): any {
  const found = types.lookupType(type);
  return found.toObject(found.decode(body), { longs: Number, arrays: true, defaults: false });
}

type Pairs = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

function plain(pairs: Pairs | undefined): Record<string, unknown> {
  return Object.fromEntries((pairs ?? []).map(({ key, value }) => [key, Object.values(value ?? {})[0]]));
}

// oxlint-disable-next-line typescript/no-explicit-any
function spansOf(traces: any): SeenSpan[] {
  const seen: SeenSpan[] = [];
  for (const { resource, scope_spans } of traces.resource_spans) {
    for (const { spans } of scope_spans) {
      for (const span of spans) {
        seen.push({
          traceId: Buffer.from(span.trace_id).toString('hex'),
          name: span.name,
          attributes: plain(span.attributes),
          resource: plain(resource?.attributes),
        });
      }
    }
  }
  return seen;
}

// oxlint-disable-next-line typescript/no-explicit-any
function remember(sums: Map<string, Map<string, number>>, metrics: any): void {
  for (const { scope_metrics } of metrics.resource_metrics) {
    for (const { metrics: list } of scope_metrics) {
      for (const { name, sum } of list) {
        const points = sums.get(name) ?? new Map<string, number>();
        sums.set(name, points);
        for (const point of sum?.data_points ?? []) {
          const key = JSON.stringify(Object.entries(plain(point.attributes)).sort());
          points.set(key, Number(point.as_int ?? point.as_double ?? 0));
        }
      }
    }
  }
}
