import { BpfMap } from './bpf-map.ts';
import type { Target } from './kernel.ts';
import * as layout from './layout.gen.ts';
import { map, unmap, type Pointer } from './libbpf.ts';
import type { ProcessIds } from './process-ids.ts';

/** The selected processes: a hash for the kernel to learn the service from, and one bit each for it to ask first. */
export class TargetSet {
  readonly #ids: ProcessIds;
  /** The kernel's ids of the processes selected here, also once /proc no longer knows them. */
  readonly #selected = new Map<number, number>();
  readonly #targets: BpfMap;
  readonly #bits: BigUint64Array;
  readonly #epoch: Uint32Array;
  readonly #region: Pointer;
  #open = true;
  /** How often there was no room for a process. */
  refused = 0;

  constructor(descriptors: ReadonlyMap<string, number>, ids: ProcessIds) {
    this.#ids = ids;
    const fd = (name: string) => descriptors.get(name) ?? -1;
    this.#targets = new BpfMap(fd('targets'), 4, layout.target.structSize, 16_384);
    const { bits, epoch, structSize } = layout.selection;
    const { at, view } = map(fd('bss'), structSize, 0, true);
    this.#region = at;
    this.#bits = new BigUint64Array(view, bits, (epoch - bits) / 8);
    this.#epoch = new Uint32Array(view, epoch, 1);
  }

  /** Nothing is to be done for one that is gone. @returns false when there is no room. */
  set(pid: number, target: Target): boolean {
    const id = this.#ids.of(pid);
    if (id === undefined) return true;
    const value = Buffer.alloc(layout.target.structSize);
    value.writeUInt32LE(target.serviceId, layout.target.service);
    if (!this.#targets.setIfRoom(keyOf(id), value)) {
      this.refused++;
      return false;
    }
    Atomics.or(this.#bits, id >> 6, 1n << BigInt(id & 63));
    this.bumpEpoch();
    this.#selected.set(pid, id);
    /* Gone before the bit was set, it has no exit left to clear it. */
    if (this.#ids.of(pid) !== id) this.delete(pid);
    return true;
  }

  /** One that ended may have left a target all the same, if it was selected between its end and its parent's wait. */
  delete(pid: number): void {
    const id = this.#selected.get(pid) ?? this.#ids.of(pid);
    this.#selected.delete(pid);
    if (id !== undefined) this.#delete(id);
  }

  deleteService(serviceId: number): void {
    const ids = [...this.all()].filter(([, target]) => target.serviceId === serviceId).map(([id]) => id);
    for (const id of ids) this.#delete(id);
    for (const [pid, id] of this.#selected) if (ids.includes(id)) this.#selected.delete(pid);
  }

  /** By the kernel's ids. */
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

  #delete(id: number): void {
    Atomics.and(this.#bits, id >> 6, ~(1n << BigInt(id & 63)));
    this.#targets.delete(keyOf(id));
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
