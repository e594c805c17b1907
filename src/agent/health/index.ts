export { Breaker, steps, type Step } from './breaker.ts';
export { kernelSamples } from './kernel-samples.ts';
export { labelValue } from './metrics-text.ts';
export type { Readiness } from './readiness.ts';
export { SocketBytes } from './socket-bytes.ts';
export { HealthServer, type HealthOptions } from './server.ts';
export { ownUsage, type Usage } from './usage.ts';
