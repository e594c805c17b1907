export type { Wiring } from './wiring.ts';
export { nodePipeline, pipelineProblems } from './node.ts';
export { samplerPipeline } from './sampler.ts';
export { samplingData, type SamplingData } from './sampling-data.ts';
export { keptByShare } from './share.ts';
export { authorizationVariable } from './sinks.ts';
export { ports, probeUrls, samplingFile } from './ports.ts';
export { agentSdk, canaryService, marks } from './marks.ts';
