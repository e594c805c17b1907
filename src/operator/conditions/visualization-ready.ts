import { availability } from './availability.ts';
import type { Check } from './verdict.ts';

export const visualizationReady: Check = (seen) => availability(seen, ['grafana']);
