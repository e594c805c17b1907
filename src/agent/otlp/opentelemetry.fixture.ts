import protobuf from 'protobufjs';

/**
 * The part of opentelemetry-proto 1.x that the agent writes, as data for protobufjs: name → [number, type]. Written from
 * the field tables of the specification; `[]` marks repeated fields.
 */
const messages: Readonly<Record<string, Readonly<Record<string, readonly [id: number, type: string]>>>> = {
  TracesRequest: { resourceSpans: [1, 'ResourceSpans[]'] },
  ResourceSpans: { resource: [1, 'Resource'], scopeSpans: [2, 'ScopeSpans[]'], schemaUrl: [3, 'string'] },
  ScopeSpans: { scope: [1, 'Scope'], spans: [2, 'Span[]'], schemaUrl: [3, 'string'] },
  MetricsRequest: { resourceMetrics: [1, 'ResourceMetrics[]'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics[]'], schemaUrl: [3, 'string'] },
  ScopeMetrics: { scope: [1, 'Scope'], metrics: [2, 'Metric[]'], schemaUrl: [3, 'string'] },
  Resource: { attributes: [1, 'KeyValue[]'], droppedAttributesCount: [2, 'uint32'] },
  Scope: { name: [1, 'string'], version: [2, 'string'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'ArrayValue'],
  },
  ArrayValue: { values: [1, 'AnyValue[]'] },
  Span: {
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    traceState: [3, 'string'],
    parentSpanId: [4, 'bytes'],
    name: [5, 'string'],
    kind: [6, 'int32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue[]'],
    links: [13, 'Link[]'],
    status: [15, 'Status'],
  },
  Link: { traceId: [1, 'bytes'], spanId: [2, 'bytes'] },
  Status: { message: [2, 'string'], code: [3, 'int32'] },
  Metric: {
    name: [1, 'string'],
    description: [2, 'string'],
    unit: [3, 'string'],
    sum: [7, 'Sum'],
    histogram: [9, 'Histogram'],
  },
  Sum: { dataPoints: [1, 'NumberDataPoint[]'], aggregationTemporality: [2, 'int32'], isMonotonic: [3, 'bool'] },
  Histogram: { dataPoints: [1, 'HistogramDataPoint[]'], aggregationTemporality: [2, 'int32'] },
  NumberDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    asDouble: [4, 'double'],
    asInt: [6, 'sfixed64'],
    attributes: [7, 'KeyValue[]'],
  },
  HistogramDataPoint: {
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    bucketCounts: [6, 'fixed64[]'],
    explicitBounds: [7, 'double[]'],
    exemplars: [8, 'Exemplar[]'],
    attributes: [9, 'KeyValue[]'],
  },
  Exemplar: { timeUnixNano: [2, 'fixed64'], asDouble: [3, 'double'], spanId: [4, 'bytes'], traceId: [5, 'bytes'] },
  PartialAnswer: { partialSuccess: [1, 'PartialSuccess'] },
  PartialSuccess: { rejected: [1, 'int64'], errorMessage: [2, 'string'] },
};

/** Of these, one is set, and that shows even when its value is empty or 0. */
const choices: Readonly<Record<string, readonly string[]>> = {
  AnyValue: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue'],
  NumberDataPoint: ['asDouble', 'asInt'],
};

const root = protobuf.Root.fromJSON({ nested: Object.fromEntries(Object.entries(messages).map(message)) });

function message([name, fields]: [string, (typeof messages)[string]]): [string, protobuf.IType] {
  const oneof = choices[name];
  return [
    name,
    {
      fields: Object.fromEntries(Object.entries(fields).map(field)),
      ...(oneof ? { oneofs: { choice: { oneof: [...oneof] } } } : {}),
    },
  ];
}

function field([name, [id, type]]: [string, readonly [number, string]]): [string, protobuf.IField] {
  const repeated = type.endsWith('[]');
  return [name, { id, type: type.replace('[]', ''), ...(repeated ? { rule: 'repeated' } : {}) }];
}

/** Decodes with protobufjs; unset fields are absent, 64-bit numbers are strings, bytes are hex. */
export function decodeMessage(type: string, bytes: Uint8Array): unknown {
  const found = root.lookupType(type);
  return hexBytes(found.toObject(found.decode(bytes), { longs: String }));
}

export function encodeMessage(type: string, content: object): Uint8Array {
  return root.lookupType(type).encode(content).finish();
}

function hexBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(hexBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hexBytes(inner)]));
}
