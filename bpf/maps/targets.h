/* targets: selected processes by thread-group id, with their service. Written by userland; fork copies, exit deletes.
 * selection: the same set as a bit per process id, which is what a socket call asks first. A variable, because every
 * process on the machine pays for it, and a variable costs a load where a map costs a lookup. */
#pragma once

#define TARGETS 16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, TARGETS);
	__type(key, u32);
	__type(value, struct target);
} targets SEC(".maps");

struct selection selection;

static __always_inline u64 *target_bits(u32 tgid)
{
	return (void *)selection.bits + (tgid >> 3 & (PROCESS_IDS / 8 - 8)); /* the word, without shifting back */
}

static __always_inline bool target_selected(u32 tgid)
{
	return *target_bits(tgid) >> (tgid & 63) & 1;
}
