import { closeSync, readFileSync, readdirSync, readSync } from 'node:fs';
import koffi from 'koffi';
import { BpfMap } from './bpf-map.ts';
import { BpfObject } from './bpf-object.ts';
import { map, objectInfo, openIterator, pageSize, possibleCpus, unmap } from './libbpf.ts';

const bpf = koffi.load('libbpf.so.1');
const libc = koffi.load('libc.so.6');
const mapById = bpf.func('int bpf_map_get_fd_by_id(uint32_t id)');
const pidfdOpen = libc.func('int pidfd_open(int pid, uint32_t flags)');

const ringBuffer = 27;
const perCpu = new Set([5, 6]);
const elements = new Set([1, 2, 5, 6, 9]);

/** One map by descriptor, as the kernel describes it. */
interface Described {
  readonly type: number;
  readonly elements: BpfMap;
}

function describe(fd: number): Described {
  const info = objectInfo(fd, 24);
  const [type = 0, , keySize = 0, valueSize = 0, entries = 0] = new Uint32Array(info.buffer, info.byteOffset, 6);
  const size = perCpu.has(type) ? ((valueSize + 7) & ~7) * possibleCpus() : valueSize;
  return { type, elements: new BpfMap(fd, keySize, size, entries) };
}

/** Everything in a map as text by key; of a ring, how far it was written. Maps of programs, sockets and tasks: nothing. */
export function contents(fd: number): ReadonlyMap<string, string> {
  const { type, elements: all } = describe(fd);
  if (type === ringBuffer) return new Map([['written', String(writtenTo(fd))]]);
  if (!elements.has(type)) return new Map();
  const { count, keys, values } = all.readAll();
  const element = (i: number): [string, string] => [
    keys.toString('hex', i * all.keySize, (i + 1) * all.keySize),
    values.toString('hex', i * all.valueSize, (i + 1) * all.valueSize),
  ];
  return new Map(Array.from({ length: count }, (_, i) => element(i)));
}

/** Elements of a hash; undefined for maps that always have the same number. */
export function entriesOf(fd: number): number | undefined {
  const { type, elements: all } = describe(fd);
  return type === 1 || type === 5 || type === 9 ? all.readAll().count : undefined;
}

function writtenTo(ring: number): bigint {
  const { at, view } = map(ring, pageSize(), pageSize(), false);
  const position = new BigUint64Array(view)[0] ?? 0n;
  unmap(at, pageSize());
  return position;
}

/** Whether a process has an element in a map of tasks. */
export function hasTask(fd: number, pid: number): boolean {
  const process = pidfdOpen(pid, 0) as number;
  const key = Buffer.alloc(4);
  key.writeInt32LE(process);
  const { elements: all } = describe(fd);
  try {
    return all.get(key) !== undefined;
  } finally {
    closeSync(process);
  }
}

/** Lists the TCP sockets of this network namespace that have an element in a map of connections. */
export class SocketLister {
  readonly #object = new BpfObject('test-storage');

  /** @param conns the map's descriptor; it may be closed afterwards. */
  constructor(conns: number) {
    this.#object.load(new Map([['conns', conns]]));
  }

  /** "LOCAL_PORT REMOTE_PORT" of each. */
  list(): string[] {
    const everywhere = Buffer.alloc(16);
    const iterator = openIterator(this.#object.programs().get('list') ?? -1, everywhere);
    if (iterator < 0) throw new Error(`bpf_iter_create: ${iterator}`);
    const text = readToEnd(iterator);
    closeSync(iterator);
    return text.split('\n').filter((line) => line !== '');
  }

  close(): void {
    this.#object.close();
  }
}

function readToEnd(fd: number): string {
  const piece = Buffer.alloc(1 << 16);
  let text = '';
  for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) text += piece.toString('latin1', 0, n);
  return text;
}

/** Descriptors, in this process, of the maps another process holds, by name; the caller closes them. */
export function mapsOf(pid: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const own = mapById(mapId(pid, fd)) as number;
    if (own < 0) continue;
    const info = objectInfo(own, 40);
    const name = info.toString('latin1', 24, 40).replace(/\0.*/s, '');
    if (found.has(name)) closeSync(own);
    else found.set(name, own);
  }
  return found;
}

/** Whether another process holds an attachment for every program of these objects. */
export function hasAttached(pid: number, objects: readonly string[]): boolean {
  const programs = objects.map((name) => {
    const object = new BpfObject(name);
    const { size } = object.programs();
    object.close();
    return size;
  });
  const links = readdirSync(`/proc/${pid}/fdinfo`).filter((fd) => isLink(`/proc/${pid}/fdinfo/${fd}`));
  return links.length >= programs.reduce((sum, size) => sum + size, 0);
}

function isLink(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('link_type:');
  } catch {
    return false; // closed in the meantime
  }
}

export function closeMaps(maps: ReadonlyMap<string, number>): void {
  for (const fd of maps.values()) closeSync(fd);
}

/** 0, which is no map's: the descriptor is something else, or was closed in the meantime. */
function mapId(pid: number, fd: string): number {
  try {
    return Number(/^map_id:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
