import { existsSync } from 'node:fs';
import { BpfMap } from './bpf-map.ts';
import type { Target } from './kernel.ts';
import * as layout from './layout.gen.ts';
import { map, unmap, type Pointer } from './libbpf.ts';

/** The selected processes: a hash for the kernel to learn the service from, and one bit each for it to ask first. */
export class TargetSet {
  readonly #targets: BpfMap;
  readonly #bits: BigUint64Array;
  readonly #epoch: Uint32Array;
  readonly #region: Pointer;
  #open = true;
  /** How often there was no room for a process. */
  refused = 0;

  constructor(descriptors: ReadonlyMap<string, number>) {
    const fd = (name: string) => descriptors.get(name) ?? -1;
    this.#targets = new BpfMap(fd('targets'), 4, layout.target.structSize, 16_384);
    const { bits, epoch, structSize } = layout.selection;
    const { at, view } = map(fd('bss'), structSize, 0, true);
    this.#region = at;
    this.#bits = new BigUint64Array(view, bits, (epoch - bits) / 8);
    this.#epoch = new Uint32Array(view, epoch, 1);
  }

  /** @returns false when there is no room. */
  set(tgid: number, target: Target): boolean {
    const value = Buffer.alloc(layout.target.structSize);
    value.writeUInt32LE(target.serviceId, layout.target.service);
    if (!this.#targets.setIfRoom(keyOf(tgid), value)) {
      this.refused++;
      return false;
    }
    Atomics.or(this.#bits, tgid >> 6, 1n << BigInt(tgid & 63));
    this.bumpEpoch();
    /* Gone before the bit was set, it has no exit left to clear it. */
    if (!existsSync(`/proc/${tgid}`)) this.delete(tgid);
    return true;
  }

  delete(tgid: number): void {
    Atomics.and(this.#bits, tgid >> 6, ~(1n << BigInt(tgid & 63)));
    this.#targets.delete(keyOf(tgid));
  }

  all(): Map<number, Target> {
    const { count, keys, values } = this.#targets.readAll();
    const size = layout.target.structSize;
    const entry = (i: number): [number, Target] => [
      keys.readUInt32LE(i * 4),
      { serviceId: values.readUInt32LE(i * size + layout.target.service) },
    ];
    return new Map(Array.from({ length: count }, (_, i) => entry(i)));
  }

  /** Makes every connection look its owner and its route up again. */
  bumpEpoch(): void {
    Atomics.add(this.#epoch, 0, 1);
  }

  close(): void {
    if (this.#open) unmap(this.#region, layout.selection.structSize);
    this.#open = false;
  }
}

function keyOf(id: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(id);
  return key;
}
