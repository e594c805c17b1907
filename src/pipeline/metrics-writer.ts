import { block, component, object, ref, type Block, type Expression, type Value } from '../alloy/index.ts';
import type { Targets } from './targets.ts';
import type { Wiring } from './wiring.ts';

/** Everything a role writes as Prometheus metrics goes through this one writer. */
export const metricsReceiver: Expression = ref('prometheus.remote_write.metrics.receiver');

/** Remote write to Mimir and to further targets, with exemplars and native histograms; nothing if there is no target. */
export function metricsWriter(
  { remoteWrites }: Targets,
  { clusterName }: Wiring,
  labels: Readonly<Record<string, Value>> = {},
): Block | undefined {
  if (remoteWrites.length === 0) return undefined;
  const external = { ...(clusterName === '' ? {} : { cluster: clusterName }), ...labels };
  return component(
    'prometheus.remote_write',
    'metrics',
    { external_labels: Object.keys(external).length === 0 ? undefined : object(external) },
    ...remoteWrites.map(({ name, url }) =>
      block(
        'endpoint',
        { name, url, send_exemplars: true, send_native_histograms: true },
        block('queue_config', { max_backoff: '5s', retry_on_http_429: true }),
      ),
    ),
  );
}
