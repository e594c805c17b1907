import type { Stack } from '../../api/index.ts';
import { dataPath } from '../monolith.ts';
import { retentionOf } from '../retention.ts';
import { grpcAddress, loopback, serverBlock } from '../server.ts';

/** Loki 3.7 in one process on a volume (https://grafana.com/docs/loki/latest/configure/). */
export function lokiConfig({ spec }: Stack): object {
  return {
    auth_enabled: false,
    server: serverBlock('loki'),
    analytics: { reporting_enabled: false },
    common: {
      path_prefix: dataPath,
      replication_factor: 1,
      instance_addr: loopback,
      ring: { kvstore: { store: 'inmemory' } },
      storage: { filesystem: { chunks_directory: `${dataPath}/chunks`, rules_directory: `${dataPath}/rules` } },
    },
    // Written once and never edited: data already stored is read by it.
    schema_config: {
      configs: [
        {
          from: '2024-04-01',
          store: 'tsdb',
          object_store: 'filesystem',
          schema: 'v13',
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    compactor: {
      working_directory: `${dataPath}/compactor`,
      retention_enabled: true,
      delete_request_store: 'filesystem',
    },
    limits_config: {
      retention_period: retentionOf(spec.logs.retention),
      ingestion_rate_mb: 16,
      ingestion_burst_size_mb: 32,
      per_stream_rate_limit: '8MB',
      per_stream_rate_limit_burst: '32MB',
      max_global_streams_per_user: 20_000,
      volume_enabled: true,
    },
    ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
    // Without an address Loki is ready ten seconds later.
    frontend_worker: { frontend_address: grpcAddress },
  };
}
