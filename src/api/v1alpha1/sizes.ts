import type { Resources } from './resources.ts';
import type { Spec } from './spec.ts';

interface Backend {
  readonly retention: string;
  readonly resources: Resources;
  readonly volume: { readonly size: string };
}

/** What a size decides; the shape is that of the spec, so that it can be laid under what a user wrote. */
export interface Size {
  readonly collection: {
    readonly node: { readonly resources: Resources };
    readonly sampler: { readonly replicas: number; readonly resources: Resources };
  };
  readonly traces: Backend;
  readonly metrics: Backend & { readonly maxSeries: number };
  readonly logs: Backend;
  readonly grafana: { readonly resources: Resources };
}

/** No CPU limit: a throttled collector loses data, a busy one is only slower. */
function pod(cpu: string, memory: string, memoryLimit: string): Resources {
  return { requests: { cpu, memory }, limits: { memory: memoryLimit } };
}

function backend(retention: string, size: string, resources: Resources): Backend {
  return { retention, resources, volume: { size } };
}

/** dev fits one node of two cores beside the cluster itself; the others are starting points for a day's load. */
export const sizes: Readonly<Record<Spec['size'], Size>> = {
  dev: {
    collection: {
      node: { resources: pod('50m', '128Mi', '512Mi') },
      sampler: { replicas: 1, resources: pod('50m', '128Mi', '512Mi') },
    },
    traces: backend('24h', '2Gi', pod('50m', '128Mi', '1Gi')),
    metrics: { ...backend('72h', '2Gi', pod('50m', '128Mi', '1Gi')), maxSeries: 150_000 },
    logs: backend('24h', '2Gi', pod('50m', '128Mi', '1Gi')),
    grafana: { resources: pod('50m', '128Mi', '512Mi') },
  },
  small: {
    collection: {
      node: { resources: pod('100m', '256Mi', '1Gi') },
      sampler: { replicas: 2, resources: pod('200m', '512Mi', '1Gi') },
    },
    traces: backend('72h', '20Gi', pod('250m', '512Mi', '2Gi')),
    metrics: { ...backend('30d', '50Gi', pod('500m', '1Gi', '4Gi')), maxSeries: 500_000 },
    logs: backend('168h', '50Gi', pod('250m', '512Mi', '2Gi')),
    grafana: { resources: pod('100m', '256Mi', '512Mi') },
  },
  medium: {
    collection: {
      node: { resources: pod('200m', '512Mi', '1Gi') },
      sampler: { replicas: 3, resources: pod('500m', '1Gi', '2Gi') },
    },
    traces: backend('168h', '100Gi', pod('1', '2Gi', '4Gi')),
    metrics: { ...backend('90d', '200Gi', pod('2', '6Gi', '12Gi')), maxSeries: 1_500_000 },
    logs: backend('14d', '200Gi', pod('1', '2Gi', '4Gi')),
    grafana: { resources: pod('200m', '512Mi', '1Gi') },
  },
  large: {
    collection: {
      node: { resources: pod('500m', '1Gi', '2Gi') },
      sampler: { replicas: 6, resources: pod('1', '2Gi', '4Gi') },
    },
    traces: backend('14d', '500Gi', pod('2', '6Gi', '12Gi')),
    metrics: { ...backend('365d', '1Ti', pod('4', '16Gi', '32Gi')), maxSeries: 5_000_000 },
    logs: backend('30d', '1Ti', pod('2', '6Gi', '12Gi')),
    grafana: { resources: pod('500m', '1Gi', '2Gi') },
  },
};
