import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { attributeField, encodeAttributes } from './attributes.ts';
import { decodeMessage } from './opentelemetry.fixture.ts';
import { encodeTraces, spanKind, type SpanData } from './traces.ts';

const scope = { name: 'ostack-agent', version: '1' };
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });
const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.maxSafeInteger(), fc.double({ noNaN: true }));
const time = fc.bigInt({ min: 1n, max: 2n ** 63n });

const span = fc.record({
  traceId: bytes(16),
  spanId: bytes(8),
  parentSpanId: fc.option(bytes(8), { nil: undefined }),
  traceState: fc.constantFrom('', 'ot=th:8'),
  name: text,
  kind: fc.constantFrom(spanKind.server, spanKind.client),
  startNs: time,
  endNs: time,
  attributes: fc.array(fc.tuple(text, value), { maxLength: 5 }),
  links: fc.array(fc.record({ traceId: bytes(16), spanId: bytes(8) }), { maxLength: 2 }),
  failed: fc.boolean(),
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('any span comes out of an independent decoder as it went in', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 20 }), text, (drawn, service) => {
      const spans = drawn.map(({ parentSpanId, attributes, ...rest }): SpanData => ({
        ...rest,
        ...(parentSpanId ? { parentSpanId } : {}),
        attributes: attributes.map(([key, value]) => encodeAttributes(attributeField.span, { [key]: value })),
      }));
      const resource = encodeAttributes(attributeField.resource, { 'service.name': service });
      const decoded = decodeMessage('TracesRequest', encodeTraces([{ resource, spans }], scope));
      expect(decoded).toEqual({
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
            scopeSpans: [{ scope, ...(drawn.length > 0 ? { spans: drawn.map(expected) } : {}) }],
          },
        ],
      });
    }),
    { numRuns: 60 },
  );
});

test('the largest request is encoded right although every length is written afterwards', () => {
  const one: SpanData = {
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, 2),
    traceState: '',
    name: 'GET /'.padEnd(300, 'x'),
    kind: spanKind.server,
    startNs: 1n,
    endNs: 2n,
    attributes: [],
    failed: false,
  };
  const request = encodeTraces(
    [{ resource: Buffer.alloc(0), spans: Array.from({ length: 20_000 }, () => one) }],
    scope,
  );
  const decoded = decodeMessage('TracesRequest', request) as {
    resourceSpans: [{ scopeSpans: [{ spans: unknown[] }] }];
  };
  expect(decoded.resourceSpans[0].scopeSpans[0].spans).toHaveLength(20_000);
});

function expected(drawn: typeof span extends fc.Arbitrary<infer T> ? T : never): object {
  return {
    traceId: hex(drawn.traceId),
    spanId: hex(drawn.spanId),
    ...(drawn.traceState ? { traceState: drawn.traceState } : {}),
    ...(drawn.parentSpanId ? { parentSpanId: hex(drawn.parentSpanId) } : {}),
    name: drawn.name,
    kind: drawn.kind,
    startTimeUnixNano: String(drawn.startNs),
    endTimeUnixNano: String(drawn.endNs),
    ...(drawn.attributes.length > 0
      ? { attributes: drawn.attributes.map(([key, value]) => ({ key, value: anyValue(value) })) }
      : {}),
    ...(drawn.links.length > 0
      ? { links: drawn.links.map(({ traceId, spanId }) => ({ traceId: hex(traceId), spanId: hex(spanId) })) }
      : {}),
    ...(drawn.failed ? { status: { code: 2 } } : {}),
  };
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
