import type { Feature } from './feature.ts';

/** This kernel, or this process's rights, cannot carry the probes. `missing` says what, in the order it was found. */
export class UnsupportedKernel extends Error {
  readonly missing: readonly Feature[];
  readonly fix: string;

  constructor(missing: readonly Feature[], reason?: string) {
    const names = missing.map((feature) => `${feature.name} (needs ${feature.needs})`).join('; ');
    super(reason ?? `this kernel does not support ${names}`);
    this.name = 'UnsupportedKernel';
    this.missing = missing;
    this.fix = 'Linux 6.3 or later, or x86-64 5.19 or later, with BTF; capabilities BPF and PERFMON';
  }
}
