import type { BpfMap } from './bpf-map.ts';
import * as layout from './layout.gen.ts';
import { foldTarget } from '../protocol/index.ts';

const entry = layout.routeEntry;
/** Names known at most, here and in the kernel's map (ROUTES in bpf/maps/routes.h). */
export const mostRoutes = 16_384;

/** The dictionary of route hashes: the kernel enters them, userland names them. */
export class RouteTable {
  readonly #map: Pick<BpfMap, 'get' | 'delete' | 'readAll'>;
  readonly #texts = new Map<bigint, string>();

  /** How often a route that userland saw first found no room for its name. */
  full = 0;

  constructor(map: Pick<BpfMap, 'get' | 'delete' | 'readAll'>) {
    this.#map = map;
  }

  /** The template of a hash, from the first target that had it. */
  text(hash: bigint): string | undefined {
    const known = this.#texts.get(hash);
    if (known !== undefined || hash === 0n) return known;
    const value = this.#map.get(keyOf(hash));
    if (!value) return undefined;
    const size = value.readUInt16LE(entry.bytes);
    const { template } = foldTarget(value.subarray(entry.target, entry.target + size));
    this.#texts.set(hash, template);
    return template;
  }

  /** Enters a route that userland saw first. */
  learn(hash: bigint, target: Uint8Array): void {
    if (hash === 0n || this.text(hash) !== undefined) return;
    if (this.#texts.size < mostRoutes) this.#texts.set(hash, foldTarget(target).template);
    else this.full++;
  }

  /** Forgets the routes a service was the first to have, but those that rows still count under (`used`). */
  removeService(serviceId: number, used: ReadonlySet<bigint>): void {
    const { count, keys, values } = this.#map.readAll();
    const staying = new Set(used);
    for (let i = 0; i < count; i++) {
      const hash = keys.readBigUInt64LE(i * 8);
      const first = values.readUInt32LE(i * entry.structSize + entry.service);
      if (first !== serviceId || used.has(hash)) staying.add(hash);
      else this.#map.delete(keyOf(hash));
    }
    for (const hash of this.#texts.keys()) if (!staying.has(hash)) this.#texts.delete(hash);
  }
}

function keyOf(hash: bigint): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(hash);
  return key;
}
