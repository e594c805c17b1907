import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attachProgram,
  closeObject,
  detachLink,
  errno,
  errnoName,
  loadObject,
  mapFd,
  objectMaps,
  objectPrograms,
  openObject,
  programFd,
  reuseMap,
  type Pointer,
} from './libbpf.ts';

/** The kernel refused an object or an attachment: which, how (errno's name) and the verifier's last words. */
export class Refused extends Error {
  readonly object: string;
  readonly code: string;

  constructor(object: string, step: 'open' | 'load' | 'attach', code: number, words: string) {
    super(`${object}: ${step}: ${errnoName(code)}${words ? `: ${words}` : ''}`);
    this.name = 'Refused';
    this.object = object;
    this.code = errnoName(code);
  }
}

/** The nearest `bpf/built` above this file, so that checkout and bundle find their own; OSTACK_BPF names another. */
function objectFile(name: string): string {
  const above = ['.', '..', '../..', '../../..'].map((up) => join(import.meta.dirname, up, 'bpf/built'));
  const directory = process.env['OSTACK_BPF'] ?? above.find((candidate) => existsSync(candidate));
  if (directory === undefined)
    throw new Error(`no bpf/built above ${import.meta.dirname}: make bpf, or set OSTACK_BPF`);
  return join(directory, `${name}.bpf.o`);
}

/** One feature's object in the kernel, its maps, programs and attachments. Closing it takes all of it out again. */
export class BpfObject {
  readonly name: string;
  readonly #log = Buffer.alloc(1 << 16);
  readonly #object: Pointer;
  readonly #maps: Map<string, Pointer>;
  readonly #links: Pointer[] = [];

  constructor(name: string) {
    this.name = name;
    this.#object = openObject(readFileSync(objectFile(name)), this.#log);
    if (!this.#object) throw new Refused(name, 'open', errno(), '');
    // libbpf names an object's variables after the object; here all objects share theirs.
    const plain = (name: string) => (name.endsWith('.bss') ? 'bss' : name);
    this.#maps = new Map([...objectMaps(this.#object)].map(([name, map]) => [plain(name), map]));
  }

  /** Handles of the maps by name: to size them before `load`. */
  get maps(): ReadonlyMap<string, Pointer> {
    return this.#maps;
  }

  /** Loads it, on the maps of `shared` where names agree. */
  load(shared: ReadonlyMap<string, number> = new Map()): void {
    for (const [name, map] of this.#maps) {
      const fd = shared.get(name);
      if (fd !== undefined && reuseMap(map, fd) < 0) throw new Refused(this.name, 'load', errno(), `map ${name}`);
    }
    if (loadObject(this.#object) < 0) throw new Refused(this.name, 'load', errno(), this.#lastWords());
  }

  /** Descriptors of the loaded maps by name; read-only data left out. */
  descriptors(): Map<string, number> {
    const own = [...this.#maps].filter(([name]) => !name.includes('.'));
    return new Map(own.map(([name, map]) => [name, mapFd(map)]));
  }

  /** Descriptors of the loaded programs by name. */
  programs(): Map<string, number> {
    return new Map([...objectPrograms(this.#object)].map(([name, program]) => [name, programFd(program)]));
  }

  /** Attaches its programs. */
  attach(): void {
    for (const [name, program] of objectPrograms(this.#object)) {
      const link = attachProgram(program);
      if (!link) throw new Refused(this.name, 'attach', errno(), name);
      this.#links.push(link);
    }
  }

  close(): void {
    for (const link of this.#links.splice(0)) detachLink(link);
    closeObject(this.#object);
  }

  #lastWords(): string {
    const end = this.#log.indexOf(0);
    const lines = this.#log.toString('latin1', 0, end < 0 ? this.#log.length : end).split('\n');
    return lines.filter((line) => line && !line.startsWith('processed ') && !line.startsWith('--')).at(-1) ?? '';
  }
}
