import type { Stack } from '../../api/index.ts';
import { dataPath } from '../monolith.ts';
import { retentionOf } from '../retention.ts';
import { loopback, serverBlock } from '../server.ts';

/** A new object each time: YAML writes a shared one as an alias. */
const ring = () => ({ kvstore: { store: 'inmemory' }, instance_addr: loopback });

/** Mimir 3.1 in one process on a volume, without Kafka (https://grafana.com/docs/mimir/latest/configure/). */
export function mimirConfig({ spec }: Stack): object {
  const { retention, maxSeries } = spec.metrics;
  // A sample per series every five seconds, three times what is scraped here; the default refuses more than 10,000.
  const samplesPerSecond = Math.max(10_000, Math.ceil(maxSeries / 5));
  return {
    target: 'all',
    multitenancy_enabled: false,
    usage_stats: { enabled: false },
    server: serverBlock('mimir'),
    memberlist: { bind_addr: [loopback] },
    common: { storage: { backend: 'filesystem', filesystem: { dir: `${dataPath}/common` } } },
    blocks_storage: {
      storage_prefix: 'blocks',
      tsdb: { dir: `${dataPath}/tsdb` },
      bucket_store: { sync_dir: `${dataPath}/tsdb-sync` },
    },
    ruler: { rule_path: `${dataPath}/ruler` },
    ruler_storage: { storage_prefix: 'ruler' },
    compactor: { data_dir: `${dataPath}/compactor` },
    // The default is a file beside the program, on a root that is read-only.
    activity_tracker: { filepath: `${dataPath}/metrics-activity.log` },
    ingester: { ring: { ...ring(), replication_factor: 1, min_ready_duration: '0s', final_sleep: '0s' } },
    distributor: { ring: ring() },
    // Where queriers bring their answers; by default the address of the pod.
    frontend: { address: loopback },
    store_gateway: { sharding_ring: { ...ring(), replication_factor: 1 } },
    limits: {
      compactor_blocks_retention_period: retentionOf(retention),
      max_global_series_per_user: maxSeries,
      ingestion_rate: samplesPerSecond,
      ingestion_burst_size: samplesPerSecond * 10,
      // Zero by default, and then every exemplar is refused without a word.
      max_global_exemplars_per_user: 100_000,
      native_histograms_ingestion_enabled: true,
      // A retried batch arrives after the one that followed it.
      out_of_order_time_window: '5m',
    },
  };
}
