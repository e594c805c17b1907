import type { Stack } from '../../api/index.ts';
import { dataPath } from '../monolith.ts';
import { portNumber } from '../ports.ts';
import { retentionOf } from '../retention.ts';
import { grpcAddress, loopback, serverBlock } from '../server.ts';

// A batch of 2,000 spans with attributes is more than the 4 MiB gRPC takes by default.
const otlpGrpc = { endpoint: `0.0.0.0:${portNumber('tempo', 'otlp-grpc')}`, max_recv_msg_size_mib: 32 };

/** Tempo 2.9 in one process on local blocks (https://grafana.com/docs/tempo/latest/configuration/). */
export function tempoConfig({ spec }: Stack): object {
  return {
    server: serverBlock('tempo'),
    usage_report: { reporting_enabled: false },
    multitenancy_enabled: false,
    stream_over_http_enabled: true,
    memberlist: { bind_addr: [loopback] },
    distributor: {
      receivers: { otlp: { protocols: { grpc: otlpGrpc } } },
    },
    // One second each: with the defaults a killed Tempo loses what it took in the last twelve seconds.
    ingester: {
      trace_idle_period: '1s',
      flush_check_period: '1s',
      // Each flush is a file, and replaying one takes 2.3 MB: after the default half hour a restart needs gigabytes.
      max_block_duration: '2m',
      // Where the distributor writes to; by default the address of the pod.
      lifecycler: { address: loopback, min_ready_duration: '0s', final_sleep: '0s' },
    },
    storage: {
      trace: { backend: 'local', wal: { path: `${dataPath}/wal` }, local: { path: `${dataPath}/blocks` } },
    },
    compactor: { compaction: { block_retention: retentionOf(spec.traces.retention) } },
    // Without an address the querier waits fifteen seconds for a ring of one.
    querier: { frontend_worker: { frontend_address: grpcAddress } },
    overrides: {
      defaults: {
        ingestion: { rate_limit_bytes: 30_000_000, burst_size_bytes: 60_000_000, max_traces_per_user: 100_000 },
        global: { max_bytes_per_trace: 10_000_000 },
      },
    },
  };
}
