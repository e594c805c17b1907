const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

// What a reader of Go-style strings refuses bare, or what would not survive an editor.
const needsEscape = /["\\\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A double-quoted literal of the Go family (Alloy and OTTL read the same escapes).
 * Code units that are not text (lone surrogates) become U+FFFD, as they have no encoding.
 */
export function quote(value: string): string {
  const escaped = value.toWellFormed().replace(needsEscape, (character) => {
    const known = named[character];
    if (known !== undefined) return known;
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** The value of the text between two double quotes, or undefined and the offset of the escape that has none. */
export function unquote(inner: string): { readonly value: string } | { readonly badEscapeAt: number } {
  // Octal and hex escapes name bytes, so the value is put together as UTF-8.
  const bytes: Buffer[] = [];
  let index = 0;
  while (index < inner.length) {
    const next = inner.indexOf('\\', index);
    const end = next === -1 ? inner.length : next;
    bytes.push(Buffer.from(inner.slice(index, end)));
    if (next === -1) break;
    const escape = readEscape(inner, next + 1);
    if (escape === undefined) return { badEscapeAt: next };
    bytes.push(escape.bytes);
    index = next + 1 + escape.length;
  }
  return { value: Buffer.concat(bytes).toString('utf8') };
}

function readEscape(text: string, at: number): { readonly bytes: Buffer; readonly length: number } | undefined {
  const first = text[at] ?? '';
  const known = simple[first];
  if (known !== undefined) return { bytes: Buffer.from(known), length: 1 };
  if (/[0-7]/.test(first)) {
    const digits = /^[0-7]{3}/.exec(text.slice(at))?.[0];
    const code = digits === undefined ? 256 : Number.parseInt(digits, 8);
    return code > 255 ? undefined : { bytes: Buffer.from([code]), length: 3 };
  }
  const width = { x: 2, u: 4, U: 8 }[first];
  if (width === undefined) return undefined;
  const digits = text.slice(at + 1, at + 1 + width);
  if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  if (first === 'x') return { bytes: Buffer.from([code]), length: 3 };
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(code)), length: 1 + width };
}
