import type { Feature, FeatureName, Tier } from './feature.ts';
import { UnsupportedKernel } from './unsupported.ts';

const common: readonly FeatureName[] = [
  'btf',
  'bpf-syscall',
  'ring-buffer',
  'process-events',
  'socket-storage',
  'task-registers',
  'socket-state-events',
];

/** What a tier cannot do without: where it is loaded and attached, all of it is there. */
export function neededFor(tier: Tier): readonly FeatureName[] {
  return [...common, tier === 'T1' ? 'socket-length-tracepoints' : 'socket-layer-fentry'];
}

/** The best tier these features carry. @throws UnsupportedKernel naming what is missing. */
export function tierFor(features: readonly Feature[]): Tier {
  const absent = (name: FeatureName) => features.filter((feature) => feature.name === name && !feature.present);
  // Without the first no program can be checked, without the second none is let in: what else seems to lack is unknown.
  const first = [...absent('btf'), ...absent('bpf-syscall')].slice(0, 1);
  const missing = first.length > 0 ? first : common.flatMap(absent);
  if (missing.length > 0) throw new UnsupportedKernel(missing);
  if (absent('socket-length-tracepoints').length === 0) return 'T1';
  if (absent('socket-layer-fentry').length === 0) return 'T2';
  throw new UnsupportedKernel([...absent('socket-length-tracepoints'), ...absent('socket-layer-fentry')]);
}
