import { integer, keyed, list, map, number, object, string, word, type Out } from '../schema/index.ts';

const name = (max = 253) => string({ max });
const replicas = () => integer({ min: 0, max: 100_000 });
const endpoint = (of: string) => string({ max: 512 }).optional().describe(`URL of ${of} inside the cluster.`);

const condition = object({
  type: string({ min: 1, max: 63 }).describe('What is judged, such as Ready or TracesReady.'),
  status: word('True', 'False', 'Unknown').describe('The verdict.'),
  reason: string({ min: 1, max: 128 }).describe('Why, in one stable word.'),
  message: string({ max: 4096 }).describe('Why, in a sentence.'),
  lastTransitionTime: string({ max: 40 }).describe('When the verdict last changed, in RFC 3339.'),
  observedGeneration: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).describe(
    'Generation of the spec that was judged.',
  ),
}).describe('One verdict.');
export type Condition = Out<typeof condition>;

const component = object({
  name: name(63).describe('Name of the component.'),
  kind: name(63).describe('Kind of its workload.'),
  desired: replicas().describe('Pods there should be.'),
  ready: replicas().describe('Pods that are ready.'),
  updated: replicas().describe('Pods of the newest revision.'),
  state: name(63).describe(
    'Ready, Progressing, CrashLooping, Unschedulable, ImagePullFailed, NoPods, Disabled and the like.',
  ),
  message: string({ max: 1024 }).describe('What is wrong with it, if anything.'),
}).describe('One component.');

const pipeline = object({
  signal: word('traces', 'metrics', 'logs').describe('The signal.'),
  state: name(63).describe('Healthy, Broken, Unknown or Disabled.'),
  hop: name(128).describe('The hop that lost the canary, empty if none did.'),
}).describe('The proven path of one signal.');

const amounts = map(name(20).describe('A quantity.'), { max: 4 });

const effective = object({
  sampler: object({ replicas: replicas().describe('Replicas of alloy-sampler.') })
    .optional()
    .describe('The samplers.'),
  retention: map(name(20).describe('A duration.'), { max: 4 }).optional().describe('How long each signal is kept.'),
  metrics: object({
    maxSeries: integer({ min: 0, max: 100_000_000 }).describe('Series Mimir accepts at most.'),
  })
    .optional()
    .describe('What Mimir takes, where it runs.'),
  resources: map(
    object({
      requests: amounts.optional().describe('Reserved for a pod.'),
      limits: amounts.optional().describe('Used by a pod at most.'),
    }).describe('CPU and memory of a pod.'),
    { max: 16 },
  )
    .optional()
    .describe('CPU and memory by component.'),
  volumes: map(
    object({
      size: name(20).describe('Size of the volume.'),
      storageClass: name().describe('Storage class, empty for the default one.'),
    }).describe('A volume.'),
    { max: 16 },
  )
    .optional()
    .describe('Volumes by component.'),
  overrides: list(name(320).describe('Kind/name.'), { max: 64 }).optional().describe('Overrides that were applied.'),
});

const reference = object({
  apiVersion: name(320).describe('API version of the object.'),
  kind: name(63).describe('Kind of the object.'),
  namespace: name(63).optional().describe('Namespace of the object, empty if it has none.'),
  name: name().describe('Name of the object.'),
}).describe('One object the stack owns.');

/** What is seen of a stack. Holds no rates and no times but those of transitions, so a stack at rest is never written. */
export const status = object({
  observedGeneration: integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .describe('Generation of the spec this status is about.'),
  conditions: keyed(['type'], condition, { max: 32 }).optional().describe('Verdicts; Ready sums them up.'),
  components: keyed(['name'], component, { max: 16 }).optional().describe('What runs.'),
  pipelines: keyed(['signal'], pipeline, { max: 3 }).optional().describe('Which signals were proven to get through.'),
  endpoints: object({
    otlpGrpc: endpoint('the OTLP gRPC receiver'),
    otlpHttp: endpoint('the OTLP HTTP receiver'),
    tempo: endpoint('Tempo'),
    mimir: endpoint('Mimir'),
    loki: endpoint('Loki'),
    grafana: endpoint('Grafana'),
  })
    .optional()
    .describe('Where to send and where to look.'),
  versions: map(string({ max: 512 }).describe('An image.'), { max: 16 })
    .optional()
    .describe('Image of each component.'),
  effective: effective.optional().describe('What spec.size and the overrides came to.'),
  sampling: object({
    mode: word('Enforce', 'Observe').describe('The mode in force.'),
    baselinePercent: number({ min: 0, max: 100 }).describe('The percentage in force.'),
    hash: name(64).describe('Hash of the sampling data the samplers read.'),
  })
    .optional()
    .describe('Sampling in force.'),
  inventory: list(reference, { max: 256 })
    .optional()
    .describe('Every object the stack owns, so that those a newer spec no longer needs are removed.'),
}).describe('The stack as it is.');
export type StackStatus = Out<typeof status>;
