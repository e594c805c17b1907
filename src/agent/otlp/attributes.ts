import { ByteWriter } from './byte-writer.ts';

/** An attribute value; whole numbers become OTLP ints, others doubles. */
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** The field number under which each OTLP message keeps its attributes. */
export const attributeField = { resource: 1, span: 9, number: 7, histogram: 9 } as const;

/** Names of attributes as they are written in every message; those of headers come from the configuration. */
const names = new Map<string, Uint8Array>();
const mostNames = 512;
/** One at a time is encoded. */
const shared = new ByteWriter(1_024);

/** Encodes attributes once, as repeated KeyValue under `field`; the bytes are copied into every message that has them. */
export function encodeAttributes(field: number, attributes: Attributes): Uint8Array {
  shared.reset();
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) writeAttribute(shared, field, key, value);
  }
  return shared.toBytes();
}

function writeAttribute(writer: ByteWriter, field: number, key: string, value: AttributeValue): void {
  writer.message(field, () => {
    writer.raw(names.get(key) ?? encodeName(key));
    writer.message(2, () => writeValue(writer, value));
  });
}

function encodeName(key: string): Uint8Array {
  const writer = new ByteWriter(64);
  writer.string(1, key);
  const encoded = writer.toBytes();
  if (names.size < mostNames) names.set(key, encoded);
  return encoded;
}

function writeValue(writer: ByteWriter, value: AttributeValue): void {
  if (typeof value === 'string') writer.string(1, value);
  else if (typeof value === 'boolean') writer.bool(2, value);
  else if (typeof value === 'number' && Number.isSafeInteger(value)) writer.int(3, value);
  else if (typeof value === 'number') writer.double(4, value);
  else {
    writer.message(5, () => {
      for (const item of value) writer.message(1, () => writer.string(1, item));
    });
  }
}
