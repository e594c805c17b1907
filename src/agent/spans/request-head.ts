/** What a span shows of a request head. */
export interface RequestHead {
  /** Target without the query; undefined if the head was cut before its end. */
  readonly path?: string;
  readonly query?: string;
  readonly version?: string;
  /** Names in lower case; only lines that arrived whole. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Reads the beginning of an HTTP/1 request (RFC 9112 §3, §5); what is cut off or malformed is left out. */
export function parseRequestHead(bytes: Uint8Array): RequestHead {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end + 2)).split('\r\n');
  // What follows the last line break is a line cut in the middle.
  lines.pop();
  const [first, ...rest] = lines;
  const line = /^\S+ (\S+) HTTP\/(\d(?:\.\d)?)$/.exec(first ?? '');
  const headers = new Map<string, string[]>();
  for (const header of rest) {
    const colon = header.indexOf(':');
    if (colon <= 0) continue;
    const name = header.slice(0, colon).toLowerCase();
    const values = headers.get(name) ?? [];
    values.push(header.slice(colon + 1).trim());
    headers.set(name, values);
  }
  return { ...(line ? { ...target(line[1] as string), version: line[2] as string } : {}), headers };
}

/** Whether a head was longer than what is kept of one, so that headers may be missing from it. */
export function isCut(bytes: Uint8Array): boolean {
  return bytes.length > 0 && !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('\r\n\r\n');
}

/** Origin form, absolute form (proxies) or asterisk form (RFC 9112 §3.2). */
function target(text: string): { path: string; query?: string } {
  const path = text.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '') || '/';
  const mark = path.indexOf('?');
  return mark < 0 ? { path } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}
