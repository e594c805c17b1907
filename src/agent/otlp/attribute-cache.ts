/** Encoded attributes that are needed again with every export; what an export did not use is forgotten. */
export class AttributeCache {
  #used = new Map<string, Uint8Array>();
  #before = new Map<string, Uint8Array>();

  get(key: string, encode: () => Uint8Array): Uint8Array {
    let encoded = this.#used.get(key);
    if (encoded) return encoded;
    encoded = this.#before.get(key) ?? encode();
    this.#used.set(key, encoded);
    return encoded;
  }

  /** To be called after each export. */
  sweep(): void {
    this.#before = this.#used;
    this.#used = new Map();
  }
}
