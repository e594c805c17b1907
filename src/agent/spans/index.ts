export { Spans, type SpansOptions } from './spans.ts';
export { WallClock } from './wall-clock.ts';
