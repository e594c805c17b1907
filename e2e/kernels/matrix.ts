import type { FeatureName, Tier } from '../../src/agent/bpf/index.ts';
import type { Architecture } from './architecture.ts';
import type { KernelLine } from './kernel-package.ts';

/** A kernel, and what must come of opening it. */
export interface KernelCase {
  readonly line: KernelLine;
  readonly architecture: Architecture;
  /** Exactly what it lacks. */
  readonly absent: readonly FeatureName[];
  /** The tiers it carries, its own choice first. None: it is refused. */
  readonly tiers: readonly Tier[];
  /** What the refusal names. */
  readonly refusedFor: readonly FeatureName[];
  /** Buffers the parser gets through BPF_PROG_TEST_RUN; 0 where a kernel is too old to run a program that way. */
  readonly buffers: number;
}

const carried = { refusedFor: [], buffers: 100 };
const neither: readonly FeatureName[] = ['socket-length-tracepoints', 'socket-layer-fentry'];
const before515: readonly FeatureName[] = ['socket-storage', 'task-registers'];

/** Debian's kernels, oldest first. */
export const matrix: readonly KernelCase[] = [
  {
    line: '5.10',
    architecture: 'amd64',
    absent: [...before515, ...neither],
    tiers: [],
    refusedFor: before515,
    buffers: 0,
  },
  {
    ...carried,
    line: '6.1',
    architecture: 'amd64',
    absent: ['socket-length-tracepoints'],
    tiers: ['T2'],
  },
  {
    line: '6.1',
    architecture: 'arm64',
    absent: neither,
    tiers: [],
    refusedFor: neither,
    buffers: carried.buffers,
  },
  { ...carried, line: '6.12', architecture: 'amd64', absent: [], tiers: ['T1', 'T2'] },
  { ...carried, line: '6.12', architecture: 'arm64', absent: [], tiers: ['T1', 'T2'] },
  {
    ...carried,
    line: '6.18',
    architecture: 'amd64',
    absent: [],
    tiers: ['T1', 'T2'],
  },
  {
    ...carried,
    line: 'newest',
    architecture: 'amd64',
    absent: ['socket-layer-fentry'],
    tiers: ['T1'],
  },
];

/** Of the matrix, what a run checks: all of it, or the kernels named as `6.12` or `arm64/6.12`. */
export function chosen(names: readonly string[]): readonly KernelCase[] {
  if (names.length === 0) return matrix;
  return names.map((name) => {
    const found = matrix.find((kernel) => nameOf(kernel) === name);
    if (!found) throw new Error(`no kernel ${name}: ${matrix.map(nameOf).join(', ')}`);
    return found;
  });
}

function nameOf({ line, architecture }: KernelCase): string {
  return architecture === 'amd64' ? line : `${architecture}/${line}`;
}

/** What a guest must report of a kernel, each once. */
export function checksOf({ tiers, buffers }: KernelCase): readonly string[] {
  const opened = tiers.length > 0 ? [...tiers, 'nested'] : ['refusal'];
  return ['features', ...opened, ...(buffers > 0 ? ['parser'] : [])];
}
