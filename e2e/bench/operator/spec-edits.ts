/** Edits that change different children; each is another one for every `n`. */
export const specEdits: readonly { readonly name: string; readonly spec: (n: number) => object }[] = [
  // Data the sampler and the agent follow without a restart.
  { name: 'sampling.baselinePercent', spec: (n) => ({ sampling: { baselinePercent: 11 + n } }) },
  // A configuration, and the workload that is rolled by its hash.
  { name: 'traces.retention', spec: (n) => ({ traces: { retention: `${73 + n}h` } }) },
  // A workload alone.
  {
    name: 'collection.node.resources',
    spec: (n) => ({ collection: { node: { resources: { limits: { memory: `${300 + n}Mi` } } } } }),
  },
];
