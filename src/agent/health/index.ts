export { Breaker, steps, type Step, type Usage } from './breaker.ts';
export { labelValue } from './metrics-text.ts';
export type { Readiness } from './readiness.ts';
export { HealthServer, type HealthOptions } from './server.ts';
