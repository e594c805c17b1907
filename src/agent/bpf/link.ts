const mask = (1n << 64n) - 1n;

/** The kernel's 64-bit mixer (bpf/include/exchange.h, `mix`). */
export function mix(value: bigint): bigint {
  let h = value;
  h ^= h >> 33n;
  h = (h * 0xff51afd7ed558ccdn) & mask;
  h ^= h >> 33n;
  h = (h * 0xc4ceb9fe1a85ec53n) & mask;
  return h ^ (h >> 33n);
}

/** The half of the link key that stays with a connection: the client's address (two halves as stored) and port. */
export function linkOf(high: bigint, low: bigint, port: number): bigint {
  return mix((mix(high ^ mix(low)) + BigInt(port)) & mask);
}

/** Trace id of an exchange without traceparent: both ends of the connection derive the same one. */
export function linkedTrace(link: bigint, sequence: number): { readonly high: bigint; readonly low: bigint } {
  const high = mix(link ^ ((BigInt(sequence) * 0x9e3779b97f4a7c15n) & mask));
  return { high, low: mix((high + link) & mask) };
}
