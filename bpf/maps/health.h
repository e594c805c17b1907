/* health: how often each thing happened, per CPU; userland sums. Softirq and process context share a CPU, hence the atomic
 * adds. What happens at every call and exchange is counted in `struct work` instead. Order = healthReasons of health.ts. */
#pragma once

enum health {
	H_SENDS,
	H_RECEIVES,
	H_REQUESTS,
	H_EXCHANGES,
	H_UNANSWERED,
	H_ORPHAN_RESPONSES,
	H_EARLY_RESPONSES,
	H_INTERIM_RESPONSES,
	H_CONNECTIONS,
	H_CONNECTIONS_UNKNOWN,
	H_CONNECTIONS_SLOW,
	H_CONNECTIONS_BLIND,
	H_KEPT_ERROR,
	H_KEPT_SLOW,
	H_KEPT_SHARE,
	H_NOT_KEPT_LIMITED,
	H_KEPT_RING_FULL,
	H_CONTROL_RING_FULL,
	H_SLOW_RING_FULL,
	H_RED_FULL,
	H_ROUTES_FULL,
	H_PEERS_FULL,
	H_CAPTURE_SKIPPED,
	H_UNREADABLE,
	H_GAP_BYTES,
	H_SLOW_FIFO_FULL,
	H_BLIND_ODD_FRAMING,
	H_BLIND_UNREADABLE_HEAD,
	H_BLIND_UPGRADE,
	H_BLIND_NOT_HTTP,
	H_BLIND_TOO_MANY_PIECES,
	H_RESYNCS,
	H_UNPARSED,
	H_STORAGE_FULL,
	H_TARGETS_FULL,
	H_RUNS_TAKEN_OVER,
	H_REASONS,
};

struct health_counts {
	u64 count[H_REASONS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct health_counts);
} health SEC(".maps");

static __always_inline void health_add(u32 reason, u64 n)
{
	u32 zero = 0;
	struct health_counts *h = bpf_map_lookup_elem(&health, &zero);

	if (h && reason < H_REASONS)
		__sync_fetch_and_add(&h->count[reason], n);
}
