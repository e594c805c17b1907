export * from './contract.ts';
export { Refused } from './bpf-object.ts';
export { probeFeatures } from './features.ts';
export { releaseMemory } from './own-memory.ts';
export { openKernel } from './open-kernel.ts';
export { maxServices } from './red-reader.ts';
export { foldTarget } from '../protocol/index.ts';
export { tierFor } from './tier.ts';
