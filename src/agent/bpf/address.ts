/** 16 bytes as the kernel stores an address: dotted for IPv4 (mapped too), else IPv6 in its canonical short form. */
export function addressText(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  if (view.getBigUint64(0) === 0n && view.getUint32(8) === 0xffff) return bytes.subarray(at + 12, at + 16).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(i * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
