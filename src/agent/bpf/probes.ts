import { readFileSync } from 'node:fs';
import { BpfObject, Refused } from './bpf-object.ts';
import type { Tier } from './feature.ts';
import type { KernelOptions } from './kernel.ts';
import { isPreempted } from './preemption.ts';
import { ProcessIds, shownNamespace } from './process-ids.ts';
import { possibleCpus, setMapEntries, setMapType } from './libbpf.ts';
import { setConstant } from './object-constant.ts';

const hash = 1;
const perCpuUpTo = 16;
const dataPaths: Readonly<Record<Tier, string>> = { T1: 'socket', T2: 'socket-fentry' };

/** The loaded and attached objects, their maps shared by name. The data path counts by itself. */
export interface Probes {
  readonly descriptors: ReadonlyMap<string, number>;
  /** Descriptors of each program's copies, by its name. */
  readonly programs: ReadonlyMap<string, readonly number[]>;
  readonly processIds: ProcessIds;
  readonly cpus: number;
  readonly redRows: number;
  readonly redPerCpu: boolean;
  readonly rings: { readonly kept: number; readonly control: number; readonly slow: number };
  /** Loads connections and processes on the same maps and attaches them. @throws Refused. */
  watch(): void;
  mapBytes(): number;
  close(): void;
}

/** Loads the data path of a tier and attaches it. @throws Refused. */
export function loadProbes(tier: Tier, options: KernelOptions): Probes {
  const cpus = possibleCpus();
  const redRows = options.redRows ?? 4096;
  const redPerCpu = cpus <= perCpuUpTo;
  const rings = {
    kept: options.keptRingBytes ?? 4 << 20,
    control: options.controlRingBytes ?? 256 << 10,
    slow: options.slowRingBytes ?? 2 << 20,
  };
  const descriptors = new Map<string, number>();
  const programs = new Map<string, number[]>();
  const pidNamespace = shownNamespace();
  let processIds: ProcessIds;
  const objects: { close(): void }[] = [];
  const close = () => objects.splice(0).forEach((object) => object.close());
  const add = (name: string, prepare: (object: BpfObject) => void) => {
    const object = new BpfObject(name);
    objects.push(object);
    for (const [ring, bytes] of Object.entries(rings)) resize(object, ring, bytes);
    resize(object, 'red', redRows);
    if (!redPerCpu) setMapType(object.maps.get('red'), hash);
    prepare(object);
    object.load(descriptors);
    for (const [map, fd] of object.descriptors()) if (!descriptors.has(map)) descriptors.set(map, fd);
    for (const [program, fd] of object.programs()) programs.set(program, [...(programs.get(program) ?? []), fd]);
    return object;
  };
  const copies = isPreempted(tier) ? ([1, 2] as const) : ([0] as const);
  const watch = () => {
    const connections = add('connection', (object) => setConstant(object, '.rodata.copy', copies[0]));
    connections.attach();
    const processes = add('process', (object) => {
      setConstant(object, '.rodata.copy', copies[0]);
      setConstant(object, '.rodata', options.watchProcesses === false ? 0 : 1);
      setConstant(object, '.rodata.pid_namespace', pidNamespace);
    });
    processes.attach();
  };
  try {
    const data = copies.map((copy) => add(dataPaths[tier], (object) => setConstant(object, '.rodata.copy', copy)));
    const pages = tier === 'T2' ? optional(() => add('socket-sendpage', () => {})) : undefined;
    // Last, so that who may load nothing hears that and no more.
    processIds = new ProcessIds(pidNamespace);
    objects.push(processIds);
    // A tracepoint runs what was attached first, the return of a function what was attached last.
    for (const copy of tier === 'T1' ? data : data.toReversed()) copy.attach();
    pages?.attach();
  } catch (error) {
    close();
    throw error;
  }
  const mapBytes = () => [...descriptors.values()].reduce((sum, fd) => sum + memoryOf(fd), 0);
  return { descriptors, programs, processIds, cpus, redRows, redPerCpu, rings, watch, mapBytes, close };
}

/** Undefined where the kernel has nothing to attach to. */
function optional(add: () => BpfObject): BpfObject | undefined {
  try {
    return add();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

function resize(object: BpfObject, name: string, entries: number): void {
  const map = object.maps.get(name);
  if (map) setMapEntries(map, entries);
}

/** What the kernel accounts for a map, bytes. */
function memoryOf(fd: number): number {
  const line = /^memlock:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
  return Number(line?.[1] ?? 0);
}
