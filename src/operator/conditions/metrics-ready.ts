import { availability } from './availability.ts';
import type { Check } from './verdict.ts';

export const metricsReady: Check = (seen) => availability(seen, ['mimir']);
