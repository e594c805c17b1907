/** The only file that calls native code: libbpf to load and attach, the map calls, and memory of our own. */
import { closeSync } from 'node:fs';
import koffi from 'koffi';

/** An address libbpf or the C library gave out. Never dereferenced here but through `view`. */
export type Pointer = unknown;

const bpf = koffi.load('libbpf.so.1');
const libc = koffi.load('libc.so.6');

const openOptions = koffi.struct({
  sz: 'size_t',
  object_name: 'const char *',
  relaxed_maps: 'bool',
  pin_root_path: 'const char *',
  reserved: 'uint32_t',
  kconfig: 'const char *',
  btf_custom_path: 'const char *',
  kernel_log_buf: 'void *',
  kernel_log_size: 'size_t',
  kernel_log_level: 'uint32_t',
});
const testRunOptions = koffi.struct({
  sz: 'size_t',
  data_in: 'void *',
  data_out: 'void *',
  data_size_in: 'uint32_t',
  data_size_out: 'uint32_t',
  ctx_in: 'void *',
  ctx_out: 'void *',
  ctx_size_in: 'uint32_t',
  ctx_size_out: 'uint32_t',
  retval: 'uint32_t',
  repeat: 'int',
  duration: 'uint32_t',
  flags: 'uint32_t',
  cpu: 'uint32_t',
  batch_size: 'uint32_t',
});

const linkOptions = koffi.struct({
  sz: 'size_t',
  flags: 'uint32_t',
  iter_info: 'void *',
  iter_info_len: 'uint32_t',
  target_btf_id: 'uint32_t',
});

/** libbpf 1.x: pointers are null and numbers negative on failure, with errno set. A test holds these against libbpf.h. */
export const prototypes = {
  load: 'int bpf_object__load(void *object)',
  closeObject: 'void bpf_object__close(void *object)',
  nextMap: 'void *bpf_object__next_map(void *object, void *map)',
  nextProgram: 'void *bpf_object__next_program(void *object, void *program)',
  mapName: 'const char *bpf_map__name(void *map)',
  mapFd: 'int bpf_map__fd(void *map)',
  reuseMap: 'int bpf_map__reuse_fd(void *map, int fd)',
  setMapType: 'int bpf_map__set_type(void *map, uint32_t type)',
  setMapEntries: 'int bpf_map__set_max_entries(void *map, uint32_t entries)',
  initialValue: 'void *bpf_map__initial_value(void *map, _Out_ size_t *size)',
  programName: 'const char *bpf_program__name(void *program)',
  programFd: 'int bpf_program__fd(void *program)',
  attach: 'void *bpf_program__attach(void *program)',
  detach: 'int bpf_link__destroy(void *link)',
  update: 'int bpf_map_update_elem(int fd, void *key, void *value, uint64_t flags)',
  lookup: 'int bpf_map_lookup_elem(int fd, void *key, void *value)',
  remove: 'int bpf_map_delete_elem(int fd, void *key)',
  take: 'int bpf_map_lookup_and_delete_elem(int fd, void *key, void *value)',
  lookupBatch:
    'int bpf_map_lookup_batch(int fd, void *from, void *to, void *keys, void *values, _Inout_ uint32_t *count, void *options)',
  info: 'int bpf_obj_get_info_by_fd(int fd, void *info, _Inout_ uint32_t *size)',
  setPrint: 'void *libbpf_set_print(void *printer)',
  possibleCpus: 'int libbpf_num_possible_cpus(void)',
  iterator: 'int bpf_iter_create(int link)',
} as const;

const calls = Object.fromEntries(
  Object.entries(prototypes).map(([name, text]) => [name, bpf.func(text)]),
) as unknown as Record<keyof typeof prototypes, (...args: unknown[]) => unknown>;
/* Types without a name: a second copy of this module (another test file) may not define the first one's again. */
const open = bpf.func('bpf_object__open_mem', 'void *', ['void *', 'size_t', koffi.pointer(openOptions)]);
const runOnce = bpf.func('bpf_prog_test_run_opts', 'int', ['int', koffi.pointer(testRunOptions)]);
const createLink = bpf.func('bpf_link_create', 'int', ['int', 'int', 'uint32_t', koffi.pointer(linkOptions)]);
const mmapCall = libc.func('void *mmap(void *at, size_t size, int protection, int flags, int fd, int64_t offset)');
const munmapCall = libc.func('int munmap(void *at, size_t size)');
const madvise = libc.func('int madvise(uintptr_t at, size_t size, int advice)');
const mallocTrim = libc.func('int malloc_trim(size_t pad)');
const sysconf = libc.func('long sysconf(int name)');

calls.setPrint(null);

/** errno of the last failed call. */
export function errno(): number {
  return koffi.errno();
}

/** errno as a name: 'EPERM'. */
export function errnoName(code: number): string {
  const names = koffi.os.errno as Record<string, number>;
  return Object.keys(names).find((name) => names[name] === code) ?? `errno ${code}`;
}

/** Opens an object; what the verifier says of its programs goes to `log`. Null on failure. */
export function openObject(bytes: Buffer, log: Buffer): Pointer {
  const options = { sz: koffi.sizeof(openOptions), kernel_log_buf: log, kernel_log_size: log.length };
  return open(bytes, bytes.length, options) as Pointer;
}

export const loadObject = (object: Pointer) => calls.load(object) as number;
export const closeObject = (object: Pointer) => void calls.closeObject(object);
export const attachProgram = (program: Pointer): Pointer => calls.attach(program);
export const detachLink = (link: Pointer) => calls.detach(link) as number;
export const mapFd = (map: Pointer) => calls.mapFd(map) as number;
export const reuseMap = (map: Pointer, fd: number) => calls.reuseMap(map, fd) as number;
export const setMapType = (map: Pointer, type: number) => calls.setMapType(map, type) as number;
export const setMapEntries = (map: Pointer, entries: number) => calls.setMapEntries(map, entries) as number;
export const programFd = (program: Pointer) => calls.programFd(program) as number;
export const possibleCpus = () => calls.possibleCpus() as number;
export const updateElement = (fd: number, key: Uint8Array, value: Uint8Array, flags = 0) =>
  calls.update(fd, key, value, flags) as number;
export const lookupElement = (fd: number, key: Uint8Array, value: Uint8Array) => calls.lookup(fd, key, value) as number;
export const deleteElement = (fd: number, key: Uint8Array) => calls.remove(fd, key) as number;
export const takeElement = (fd: number, key: Uint8Array, value: Uint8Array) => calls.take(fd, key, value) as number;

/** Maps of an object by name. */
export function objectMaps(object: Pointer): Map<string, Pointer> {
  return named(object, calls.nextMap, calls.mapName);
}

/** Programs of an object by name. */
export function objectPrograms(object: Pointer): Map<string, Pointer> {
  return named(object, calls.nextProgram, calls.programName);
}

function named(object: Pointer, next: (...a: unknown[]) => unknown, name: (...a: unknown[]) => unknown) {
  const found = new Map<string, Pointer>();
  for (let at = next(object, null); at; at = next(object, at)) found.set(name(at) as string, at);
  return found;
}

/** The bytes a read-only data map starts with; writable until the object is loaded. */
export function initialValue(map: Pointer): Uint8Array {
  const size = [0];
  const at = calls.initialValue(map, size);
  return new Uint8Array(koffi.view(at, Number(size[0])));
}

/** One batch of a map's elements into `keys` and `values`. `count[0]` goes in as room and comes out as elements. */
export function lookupBatch(
  fd: number,
  from: Uint8Array | null,
  to: Uint8Array,
  keys: Uint8Array,
  values: Uint8Array,
  count: [number],
): number {
  return calls.lookupBatch(fd, from, to, keys, values, count, null) as number;
}

/** struct bpf_map_info or bpf_prog_info of a descriptor, raw. */
export function objectInfo(fd: number, size: number): Buffer {
  const info = Buffer.alloc(size);
  if ((calls.info(fd, info, [size]) as number) < 0) throw new Error(`bpf_obj_get_info_by_fd: ${errnoName(errno())}`);
  return info;
}

/** Runs a SEC("syscall") program on `context`, in place. Returns 0, or a negative errno. */
export function testRun(fd: number, context: Buffer): number {
  return runOnce(fd, {
    sz: koffi.sizeof(testRunOptions),
    ctx_in: context,
    ctx_size_in: context.length,
  }) as number;
}

const traceIterator = 28;

/**
 * A file with what a SEC("iter/…") program writes. Negative on failure.
 * @param over a union bpf_iter_link_info: what to go through, if not everything.
 */
export function openIterator(program: number, over: Buffer): number {
  const options = { sz: koffi.sizeof(linkOptions), iter_info: over, iter_info_len: over.length };
  const link = createLink(program, 0, traceIterator, options) as number;
  if (link < 0) return link;
  const file = calls.iterator(link) as number;
  closeSync(link);
  return file;
}

const readable = 1;
const writable = 2;
const shared = 1;

/** Maps a descriptor's memory. @returns its address, and a view that must not be touched after `unmap`. */
export function map(fd: number, size: number, offset: number, write: boolean): { at: Pointer; view: ArrayBuffer } {
  const at = mmapCall(null, size, readable | (write ? writable : 0), shared, fd, offset);
  if (koffi.address(at) === 0xffff_ffff_ffff_ffffn) throw new Error(`mmap: ${errnoName(errno())}`);
  return { at, view: koffi.view(at, size) };
}

export function unmap(at: Pointer, size: number): void {
  munmapCall(at, size);
}

const dontNeed = 4;

/** Unmaps a range's pages until they are touched again. Only for what a file backs unchanged. */
export function forgetPages(at: bigint, size: number): void {
  if ((madvise(at, size, dontNeed) as number) < 0) throw new Error(`madvise: ${errnoName(errno())}`);
}

/** Gives freed memory of the C heap back to the system. */
export function trimHeap(): void {
  mallocTrim(0);
}

/** Bytes of a memory page: 4 KiB, or up to 64 KiB on arm64. */
export function pageSize(): number {
  return sysconf(30) as number;
}
