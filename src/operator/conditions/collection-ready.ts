import { availability } from './availability.ts';
import type { Check } from './verdict.ts';

export const collectionReady: Check = (seen) => availability(seen, ['alloy-node', 'alloy-sampler']);
