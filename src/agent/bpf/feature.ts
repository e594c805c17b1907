/** A thing the agent needs from the kernel, found by loading a tiny program, never inferred from a version. */
export interface Feature {
  /** `process-ids` is no feature of the kernel but of where this process runs. */
  readonly name: FeatureName | 'process-ids';
  /** What to read in a status message: the kernel version, option or right it comes with. */
  readonly needs: string;
  readonly present: boolean;
  /** The kernel's refusal (error name, then the verifier's last line); only when absent. */
  readonly reason?: string;
}

export type FeatureName =
  | 'btf'
  | 'bpf-syscall'
  | 'ring-buffer'
  | 'process-events'
  | 'socket-storage'
  | 'task-registers'
  | 'socket-length-tracepoints'
  | 'socket-layer-fentry'
  | 'socket-state-events';

/** T1: socket length tracepoints (6.3 and later). T2: fentry/fexit on the socket layer (x86-64, 5.19 to 6.2). */
export type Tier = 'T1' | 'T2';
