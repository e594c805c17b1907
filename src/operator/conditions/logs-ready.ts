import { availability } from './availability.ts';
import type { Check } from './verdict.ts';

export const logsReady: Check = (seen) => availability(seen, ['loki']);
