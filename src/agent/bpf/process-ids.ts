import { closeSync, existsSync, readFileSync, readlinkSync } from 'node:fs';
import { BpfObject, Refused } from './bpf-object.ts';
import type { Feature } from './feature.ts';
import { errno, openIterator } from './libbpf.ts';
import { setConstant } from './object-constant.ts';
import { UnsupportedKernel } from './unsupported.ts';

const initialNamespace = 0xeffffffc;

/** Inode of the PID namespace whose ids /proc shows; 0: the initial one, whose ids the kernel compares. */
export function shownNamespace(): number {
  const shown = namespaceOf('1') ?? namespaceOf('self') ?? initialNamespace;
  return shown === initialNamespace ? 0 : shown;
}

/**
 * What the kernel calls a process of /proc. Where this node is itself a container (kind, k3d), /proc shows ids of a nested
 * namespace, and every question goes through the kernel's list of processes.
 */
export class ProcessIds {
  readonly #list: BpfObject | undefined;
  readonly #program: number;

  /** @throws UnsupportedKernel where ids of this namespace cannot be told from here. */
  constructor(namespace: number) {
    this.#list = namespace === 0 ? undefined : openList(namespace);
    this.#program = this.#list?.programs().get('process_ids') ?? -1;
  }

  /** The kernel's id of a process of /proc; undefined if there is no such process. */
  of(pid: number): number | undefined {
    if (!this.#list) return existsSync(`/proc/${pid}`) ? pid : undefined;
    const only = Buffer.alloc(12);
    only.writeUInt32LE(pid);
    // Kernels before 6.1 list all of them whatever they are asked for.
    const list = openIterator(this.#program, only);
    if (list < 0) throw new Refused('process-ids', 'attach', errno(), '');
    try {
      const line = readFileSync(list, 'latin1')
        .split('\n')
        .find((line) => line.startsWith(`${pid} `));
      return line === undefined ? undefined : Number(line.slice(line.indexOf(' ')));
    } finally {
      closeSync(list);
    }
  }

  close(): void {
    this.#list?.close();
  }
}

/** Of the process that /proc calls so; undefined if that may not be asked. */
function namespaceOf(process: string): number | undefined {
  try {
    return Number(/\d+/.exec(readlinkSync(`/proc/${process}/ns/pid`))?.[0]);
  } catch {
    return undefined;
  }
}

function openList(namespace: number): BpfObject {
  if (namespaceOf('self') !== namespace)
    throw refusal('/proc shows another PID namespace than the one this process is in');
  const list = new BpfObject('process-ids');
  try {
    setConstant(list, '.rodata.pid_namespace', namespace);
    list.load();
    return list;
  } catch (error) {
    list.close();
    throw error instanceof Refused ? refusal(error.message) : error;
  }
}

function refusal(reason: string): UnsupportedKernel {
  const needs = 'the initial PID namespace (hostPID: true), or a nested one with its own /proc and Linux 5.8';
  const feature: Feature = { name: 'process-ids', needs, present: false, reason };
  return new UnsupportedKernel([feature]);
}
