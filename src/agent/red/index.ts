export { errorType, hasFailed, spanName } from './outcome.ts';
export { Red, type RedOptions } from './red.ts';
export { seriesKey, type Series } from './series.ts';
export { copyOf, merge } from './totals.ts';
