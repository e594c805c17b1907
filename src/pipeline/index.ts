export type { Wiring } from './wiring.ts';
export { nodePipeline, pipelineProblems } from './node.ts';
export { samplerPipeline } from './sampler.ts';
export { samplingData } from './sampling-data.ts';
export { keptByShare } from './share.ts';
export { authorizationVariable } from './sinks.ts';
export { ports, readyPath, samplingFile } from './ports.ts';
export { canaryService } from './marks.ts';
