/** What a backend refused although it answered 200. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Reads Export*ServiceResponse: field 1 is a message with the number of rejected items (1) and why (2).
 * Anything that is no such message means nothing was rejected.
 */
export function parsePartialSuccess(body: Uint8Array): PartialSuccess {
  const partial = fields(body).find((field) => field.number === 1 && field.bytes !== undefined);
  const inner = partial?.bytes ? fields(partial.bytes) : [];
  const rejected = inner.find((field) => field.number === 1)?.value ?? 0;
  const message = inner.find((field) => field.number === 2)?.bytes;
  return { rejected, message: message ? Buffer.from(message).toString('utf8') : '' };
}

interface Field {
  readonly number: number;
  readonly value?: number;
  readonly bytes?: Uint8Array;
}

function fields(body: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  while (at < body.length) {
    const tag = varint(body, at);
    if (!tag) return found;
    const number = Math.floor(tag.value / 8);
    at = tag.end;
    if (tag.value % 8 === 0) {
      const read = varint(body, at);
      if (!read) return found;
      found.push({ number, value: read.value });
      at = read.end;
    } else if (tag.value % 8 === 2) {
      const size = varint(body, at);
      if (!size || size.end + size.value > body.length) return found;
      found.push({ number, bytes: body.subarray(size.end, size.end + size.value) });
      at = size.end + size.value;
    } else return found;
  }
  return found;
}

function varint(body: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10 && start + i < body.length; i++) {
    const byte = body[start + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return undefined;
}
