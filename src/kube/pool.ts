type Parts = Record<string, unknown>;

/** Parts remembered at least, and at most twice as many. */
const size = 1000;

/**
 * Parts that many objects have in common, kept once: the containers, labels and limits of a thousand stacks are nearly
 * always the same. What nobody has asked for while so many other parts came is forgotten; who holds it keeps it.
 */
export class Pool {
  private young = new Map<string, object>();
  private old = new Map<string, object>();

  /**
   * The value, or an equal one that was seen before. A value that is new becomes shared in its own parts, in place, so it
   * must be the caller's own, plain data as it comes from `JSON.parse`, and nobody may change it afterwards.
   */
  share<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    const known = this.young.get(text) ?? this.old.get(text);
    if (known === undefined) this.shareInside(value as Parts);
    this.remember(text, known ?? value);
    return (known ?? value) as T;
  }

  private shareInside(value: Parts): void {
    for (const name in value) {
      const part = value[name];
      if (typeof part === 'object' && part !== null) value[name] = this.share(part);
    }
  }

  private remember(text: string, value: object): void {
    if (this.young.size >= size && !this.young.has(text)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(text, value);
  }
}
