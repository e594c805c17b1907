export { runLocal, type LocalRun, type Terminal } from './run-local.ts';
export type { Summary } from './summary.ts';
export type { RouteView } from './view.ts';
