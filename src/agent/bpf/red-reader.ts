import { addressText } from './address.ts';
import { BpfMap } from './bpf-map.ts';
import * as layout from './layout.gen.ts';
import { methods, sideOf } from './records.ts';
import { bucketBoundsNs, seriesKey, sumOf, type CoverageRow, type OverflowRow, type RedRow } from './red-row.ts';

/** Services the kernel can tell apart; ids are 1 to this, exclusive. */
export const maxServices = 512;
const protocols = 8;
const statusClasses = 6;
const buckets = bucketBoundsNs.length + 1;

interface Sizes {
  readonly cpus: number;
  readonly redRows: number;
  /** `red` has a copy per CPU. */
  readonly perCpu: boolean;
}

/** Reads the exact counts: a few system calls whatever the number of requests. */
export class RedReader {
  readonly #red: BpfMap;
  readonly #overflow: BpfMap;
  readonly #coverage: BpfMap;
  readonly #peers: BpfMap;
  readonly #cpus: number;
  readonly #copies: number;
  readonly #addresses = new Map<bigint, string>();

  constructor(descriptors: ReadonlyMap<string, number>, sizes: Sizes) {
    const fd = (name: string) => descriptors.get(name) ?? -1;
    this.#copies = sizes.perCpu ? sizes.cpus : 1;
    this.#cpus = sizes.cpus;
    this.#red = new BpfMap(
      fd('red'),
      layout.redKey.structSize,
      layout.redValue.structSize * this.#copies,
      sizes.redRows,
    );
    this.#overflow = new BpfMap(
      fd('overflow'),
      4,
      layout.overflowValue.structSize,
      maxServices * 2 * protocols * statusClasses,
    );
    this.#coverage = new BpfMap(fd('coverage'), 4, layout.coverage.structSize * sizes.cpus, maxServices);
    this.#peers = new BpfMap(fd('peers'), 8, layout.endpoint.structSize, 16_384);
  }

  /** Rows by series; those of addresses the kernel has forgotten come as one. */
  rows(): RedRow[] {
    const { count, keys, values } = this.#red.readAll();
    const merged = new Map<string, RedRow>();
    for (let i = 0; i < count; i++) {
      const row = this.#row(keys, i * layout.redKey.structSize, values, i * layout.redValue.structSize * this.#copies);
      const key = seriesKey(row);
      const there = merged.get(key);
      merged.set(key, there ? sumOf(there, row) : row);
    }
    return [...merged.values()];
  }

  /**
   * Takes a service's rows and totals out of the kernel. Each row's value is what it held when it went; an exchange that
   * another CPU is counting at that instant is not in it.
   */
  removeService(serviceId: number): { readonly exchanges: bigint; readonly routesInUse: ReadonlySet<bigint> } {
    const { count, keys } = this.#red.readAll();
    const routesInUse = new Set<bigint>();
    let exchanges = 0n;
    for (let i = 0; i < count; i++) {
      const key = keys.subarray(i * this.#red.keySize, (i + 1) * this.#red.keySize);
      if (key.readUInt16LE(layout.redKey.service) === serviceId) exchanges += this.#countOf(this.#red.take(key));
      else routesInUse.add(key.readBigUInt64LE(layout.redKey.route));
    }
    return { exchanges: exchanges + this.#clearTotals(serviceId), routesInUse };
  }

  #clearTotals(serviceId: number): bigint {
    const perService = 2 * protocols * statusClasses;
    let exchanges = 0n;
    for (let index = serviceId * perService; index < (serviceId + 1) * perService; index++) {
      const total = this.#overflow.get(indexKey(index))?.readBigUInt64LE(layout.overflowValue.count) ?? 0n;
      if (total > 0n) this.#overflow.set(indexKey(index), Buffer.alloc(this.#overflow.valueSize));
      exchanges += total;
    }
    this.#coverage.set(indexKey(serviceId), Buffer.alloc(this.#coverage.valueSize));
    return exchanges;
  }

  #countOf(value: Buffer | undefined): bigint {
    return value ? this.#sum(value, 0, layout.redValue.count) : 0n;
  }

  /** A counter of a row, over all copies. */
  #sum(values: Buffer, at: number, field: number): bigint {
    let total = 0n;
    for (let cpu = 0; cpu < this.#copies; cpu++)
      total += values.readBigUInt64LE(at + cpu * layout.redValue.structSize + field);
    return total;
  }

  #row(keys: Buffer, key: number, values: Buffer, value: number): RedRow {
    const k = layout.redKey;
    const v = layout.redValue;
    const sum = (field: number) => this.#sum(values, value, field);
    const side = sideOf(keys.readUInt8(key + k.end) & 3);
    const serverPort = keys.readUInt16LE(key + k.serverPort);
    return {
      serviceId: keys.readUInt16LE(key + k.service),
      side,
      protocol: 'http',
      method: methods[keys.readUInt8(key + k.method)] ?? '_OTHER',
      status: keys.readUInt16LE(key + k.status),
      routeHash: keys.readBigUInt64LE(key + k.route),
      peer: {
        address: this.#address(keys.readBigUInt64LE(key + k.peer)),
        port: side === 'client' ? serverPort : 0,
      },
      serverPort,
      count: sum(v.count),
      sumNs: sum(v.sumNs),
      requestBytes: sum(v.requestBytes),
      responseBytes: sum(v.responseBytes),
      buckets: Array.from({ length: buckets }, (_, i) => sum(v.buckets + i * 8)),
    };
  }

  /** The peer a hash stands for; '' once the kernel has forgotten it. */
  #address(hash: bigint): string {
    const known = this.#addresses.get(hash);
    if (known !== undefined) return known;
    const key = Buffer.alloc(8);
    key.writeBigUInt64LE(hash);
    const bytes = this.#peers.get(key);
    if (!bytes) return '';
    const text = addressText(bytes, 0);
    if (this.#addresses.size >= 65_536) this.#addresses.clear();
    this.#addresses.set(hash, text);
    return text;
  }

  overflow(): OverflowRow[] {
    const { count, values } = this.#overflow.readAll();
    const v = layout.overflowValue;
    const rows: OverflowRow[] = [];
    for (let i = 0; i < count; i++) {
      const at = i * v.structSize;
      const total = values.readBigUInt64LE(at + v.count);
      if (total === 0n) continue;
      rows.push({
        serviceId: Math.floor(i / (2 * protocols * statusClasses)),
        side: Math.floor(i / (protocols * statusClasses)) % 2 ? 'client' : 'server',
        protocol: 'http',
        statusClass: i % statusClasses,
        count: total,
        sumNs: values.readBigUInt64LE(at + v.sumNs),
        requestBytes: values.readBigUInt64LE(at + v.requestBytes),
        responseBytes: values.readBigUInt64LE(at + v.responseBytes),
      });
    }
    return rows;
  }

  coverage(): CoverageRow[] {
    const { count, values } = this.#coverage.readAll();
    const v = layout.coverage;
    const rows = Array.from({ length: count }, (_, serviceId) => {
      const sum = (field: number) => {
        let total = 0n;
        for (let cpu = 0; cpu < this.#cpus; cpu++)
          total += values.readBigUInt64LE((serviceId * this.#cpus + cpu) * v.structSize + field);
        return total;
      };
      return { serviceId, parsed: sum(v.parsed), slow: sum(v.slow), blind: sum(v.blind), unknown: sum(v.unknown) };
    });
    return rows.filter((row) => row.parsed + row.slow + row.blind + row.unknown > 0n);
  }
}

function indexKey(index: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(index);
  return key;
}
