import type { BpfObject } from './bpf-object.ts';
import { initialValue } from './libbpf.ts';

/** Sets the one constant (32 bit) of an object's section of read-only data; before it is loaded. */
export function setConstant(object: BpfObject, section: string, value: number): void {
  const map = [...object.maps].find(([name]) => name.endsWith(section))?.[1];
  if (map) new Uint32Array(initialValue(map).buffer, 0, 1)[0] = value;
}
