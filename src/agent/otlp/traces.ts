import { ByteWriter } from './byte-writer.ts';

export const spanKind = { server: 2, client: 3 } as const;

/** A span on its way out. Ids are raw bytes, times nanoseconds since the epoch. */
export interface SpanData {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId?: Uint8Array;
  readonly traceState: string;
  readonly name: string;
  readonly kind: (typeof spanKind)[keyof typeof spanKind];
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Attributes encoded under `attributeField.span`, in as many pieces as are convenient. */
  readonly attributes: readonly Uint8Array[];
  readonly failed: boolean;
  /** Spans of other traces that caused this one. */
  readonly links?: readonly { readonly traceId: Uint8Array; readonly spanId: Uint8Array }[];
}

export interface ResourceSpans {
  /** Attributes encoded under `attributeField.resource`. */
  readonly resource: Uint8Array;
  readonly spans: readonly SpanData[];
}

/** The body of `POST /v1/traces` (ExportTraceServiceRequest, opentelemetry-proto 1.x). */
export function encodeTraces(groups: readonly ResourceSpans[], scope: { name: string; version: string }): Buffer {
  const writer = new ByteWriter(16_384);
  for (const group of groups) {
    writer.message(1, () => {
      writer.message(1, () => writer.raw(group.resource));
      writer.message(2, () => {
        writer.message(1, () => {
          writer.string(1, scope.name);
          writer.string(2, scope.version);
        });
        for (const span of group.spans) writer.message(2, () => writeSpan(writer, span));
      });
    });
  }
  return writer.toBytes();
}

function writeSpan(writer: ByteWriter, span: SpanData): void {
  writer.bytes(1, span.traceId);
  writer.bytes(2, span.spanId);
  if (span.traceState !== '') writer.string(3, span.traceState);
  if (span.parentSpanId) writer.bytes(4, span.parentSpanId);
  writer.string(5, span.name);
  writer.uint(6, span.kind);
  writer.fixed64(7, span.startNs);
  writer.fixed64(8, span.endNs);
  for (const piece of span.attributes) writer.raw(piece);
  for (const link of span.links ?? []) {
    writer.message(13, () => {
      writer.bytes(1, link.traceId);
      writer.bytes(2, link.spanId);
    });
  }
  if (span.failed) writer.message(15, () => writer.uint(3, 2));
}
