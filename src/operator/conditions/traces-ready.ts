import { availability } from './availability.ts';
import type { Check } from './verdict.ts';

export const tracesReady: Check = (seen) => availability(seen, ['tempo']);
