export type {
  ConnectionClose,
  ControlEvent,
  DictionaryMiss,
  ExecEvent,
  ExitEvent,
  ForkEvent,
  ModeChange,
} from './control-event.ts';
export type { Endpoint, FlightSummary, KeptExchange, Method, Protocol, Side, Verdict } from './exchange.ts';
export type { Feature, FeatureName, Tier } from './feature.ts';
export { healthReasons, type HealthReason } from './health.ts';
export type { Kernel, KernelOptions, Policy, Target } from './kernel.ts';
export { bucketBoundsNs, type CoverageRow, type OverflowRow, type RedRow } from './red-row.ts';
export { Refused } from './bpf-object.ts';
export { probeFeatures } from './features.ts';
export { releaseMemory } from './own-memory.ts';
export { openKernel } from './open-kernel.ts';
export { maxServices } from './red-reader.ts';
export { foldTarget, routeHashOf } from '../protocol/index.ts';
export { tierFor } from './tier.ts';
export { UnsupportedKernel } from './unsupported.ts';
