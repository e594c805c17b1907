/* targets: selected processes by thread-group id, with their service. Written by userland; fork copies, exit deletes.
 * target_bits: the same set as one bit per process id (the kernel's ceiling is 4 Mi), so that the programs of processes
 * nobody selected leave after an inlined array access: no hash, no lock. */
#pragma once

#define TARGETS 16384
#define PROCESS_IDS (4u << 20)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, TARGETS);
	__type(key, u32);
	__type(value, struct target);
} targets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, PROCESS_IDS / 64);
	__type(key, u32);
	__type(value, u64);
} target_bits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct settings);
} settings SEC(".maps");

static __always_inline bool target_selected(u32 tgid)
{
	u32 slot = tgid >> 6;
	u64 *bits = bpf_map_lookup_elem(&target_bits, &slot);

	return bits && (*bits >> (tgid & 63) & 1);
}

static __always_inline u32 target_epoch(void)
{
	u32 zero = 0;
	struct settings *s = bpf_map_lookup_elem(&settings, &zero);

	return s ? s->epoch : 0;
}
