import { existsSync } from 'node:fs';
import { BpfObject, Refused } from './bpf-object.ts';
import type { Feature, FeatureName, Tier } from './feature.ts';
import { neededFor } from './tier.ts';

/** What each probe needs, in the words of a status message. `btf` and `bpf-syscall` come before any load. */
const needs: Readonly<Record<FeatureName, string>> = {
  btf: 'CONFIG_DEBUG_INFO_BTF (/sys/kernel/btf/vmlinux)',
  'bpf-syscall': 'CAP_BPF and CAP_PERFMON',
  'ring-buffer': 'Linux 5.8, BPF ring buffer',
  'process-events': 'Linux 5.5, BTF tracepoints sched_process_{fork,exec,exit}',
  'socket-storage': 'Linux 5.12, socket and task storage in tracing programs',
  'task-registers': 'Linux 5.15, bpf_task_pt_regs',
  'socket-length-tracepoints': 'Linux 6.3, tracepoints sock_send_length and sock_recv_length',
  'socket-layer-fentry':
    'fexit on tcp_sendmsg and tcp_recvmsg (x86-64 5.19 to 7.2, arm64 6.4 to 7.2; CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)',
  'socket-state-events': 'Linux 5.5, BTF tracepoints inet_sock_set_state and tcp_destroy_sock',
};

/** Of a tier that is loaded and attached, which says more than any probe. */
export function featuresOf(tier: Tier): Feature[] {
  return neededFor(tier).map((name) => ({ name, needs: needs[name], present: true }));
}

/** Loads and attaches one tiny program per feature, and takes it out again. */
export function probeFeatures(): Feature[] {
  const btf = existsSync('/sys/kernel/btf/vmlinux');
  const first: Feature = { name: 'btf', needs: needs.btf, present: btf, ...(btf ? {} : { reason: 'no such file' }) };
  const names = Object.keys(needs) as FeatureName[];
  const loaded = names.filter((name) => name !== 'btf' && name !== 'bpf-syscall').map(probe);
  const denied = loaded.every((feature) => !feature.present);
  const syscall: Feature = {
    name: 'bpf-syscall',
    needs: needs['bpf-syscall'],
    present: !denied,
    ...(denied ? { reason: loaded[0]?.reason ?? 'no program loads' } : {}),
  };
  return [first, syscall, ...loaded];
}

function probe(name: FeatureName): Feature {
  const feature = { name, needs: needs[name] };
  const refused = refusal(`feature-${name}`);
  return refused ? { ...feature, present: false, reason: refused.message } : { ...feature, present: true };
}

/** Loads and attaches an object and takes it out again; says how the kernel refused it, if it did. */
export function refusal(name: string): Refused | undefined {
  let object: BpfObject | undefined;
  try {
    object = new BpfObject(name);
    object.load();
    object.attach();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error;
  } finally {
    object?.close();
  }
}
