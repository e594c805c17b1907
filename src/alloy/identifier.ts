const identifier = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;
const keywords: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** Whether a label, attribute name or reference may be spelled so. */
export function isIdentifier(text: string): boolean {
  return identifier.test(text) && !keywords.has(text);
}

/**
 * A label for a name that came from a user (`my-sink.eu` → `my_sink_eu`).
 * Two names may land on one label; `checkWiring` reports that instead of letting one hide the other.
 */
export function toLabel(name: string): string {
  const cleaned = name.replaceAll(/[^\p{L}\p{Nd}_]/gu, '_');
  return isIdentifier(cleaned) ? cleaned : `_${cleaned}`;
}
