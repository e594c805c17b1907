/* coverage: bytes on selected sockets by what became of them; index = service. */
#pragma once

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_SERVICES);
	__type(key, u32);
	__type(value, struct coverage);
} coverage SEC(".maps");

static __always_inline void cover_blind(u32 service, u64 n)
{
	struct coverage *v = bpf_map_lookup_elem(&coverage, &service);

	if (v)
		__sync_fetch_and_add(&v->blind, n);
}
