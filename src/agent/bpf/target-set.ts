import { existsSync } from 'node:fs';
import { BpfMap } from './bpf-map.ts';
import type { Target } from './kernel.ts';
import * as layout from './layout.gen.ts';
import { map, unmap, type Pointer } from './libbpf.ts';

const processIds = 4 << 20;

/** The selected processes: a hash for the kernel to learn the service from, and one bit each for it to ask first. */
export class TargetSet {
  readonly #targets: BpfMap;
  readonly #settings: BpfMap;
  readonly #bits: BigUint64Array;
  readonly #region: Pointer;
  #epoch = 0;
  #open = true;

  constructor(descriptors: ReadonlyMap<string, number>) {
    const fd = (name: string) => descriptors.get(name) ?? -1;
    this.#targets = new BpfMap(fd('targets'), 4, layout.target.structSize, 16_384);
    this.#settings = new BpfMap(fd('settings'), 4, layout.settings.structSize, 1);
    const { at, view } = map(fd('target_bits'), processIds / 8, 0, true);
    this.#region = at;
    this.#bits = new BigUint64Array(view);
  }

  set(tgid: number, target: Target): void {
    const value = Buffer.alloc(layout.target.structSize);
    value.writeUInt32LE(target.serviceId, layout.target.service);
    this.#targets.set(keyOf(tgid), value);
    Atomics.or(this.#bits, tgid >> 6, 1n << BigInt(tgid & 63));
    this.bumpEpoch();
    /* Gone before the bit was set, it has no exit left to clear it. */
    if (!existsSync(`/proc/${tgid}`)) this.delete(tgid);
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
    const value = Buffer.alloc(layout.settings.structSize);
    this.#epoch = (this.#epoch + 1) >>> 0;
    value.writeUInt32LE(this.#epoch, layout.settings.epoch);
    this.#settings.set(keyOf(0), value);
  }

  close(): void {
    if (this.#open) unmap(this.#region, processIds / 8);
    this.#open = false;
  }
}

function keyOf(id: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(id);
  return key;
}
