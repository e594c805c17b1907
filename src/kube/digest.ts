import { createHash } from 'node:crypto';

/** Texts longer than this many characters are kept as digests: a thousand copies of a dashboard would fill the memory. */
export const longText = 1024;

/** What stands for a long text in memory. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** True if a live text, whole or as its digest, is the wanted one. */
export function sameText(wanted: string, live: unknown): boolean {
  return live === wanted || (wanted.length > longText && live === digestOf(wanted));
}
