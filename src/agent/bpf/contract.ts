/** What the rest of the agent may know of the kernel side. Loads no native code, so that tests need none. */
export type { ConnectionClose, ControlEvent, ExecEvent, ExitEvent, ForkEvent, ModeChange } from './control-event.ts';
export type { Endpoint, Flight, FlightSummary, KeptExchange, Method, Protocol, Side, Verdict } from './exchange.ts';
export type { Feature, FeatureName, Tier } from './feature.ts';
export { flightOf } from './flight-of.ts';
export { healthReasons, type HealthReason } from './health.ts';
export type { Kernel, KernelOptions, Policy, Target } from './kernel.ts';
export { bucketBoundsNs, type CoverageRow, type OverflowRow, type RedRow } from './red-row.ts';
export { UnsupportedKernel } from './unsupported.ts';
