/* routes: templated-path hash -> the first path that had it. The kernel inserts, userland reads, and forgets with the service
 * that was first. No LRU: a name that goes would split a series. Full: the hash counts for itself, without a name. */
#pragma once

#define ROUTES 16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ROUTES);
	__type(key, u64);
	__type(value, struct route_entry);
} routes SEC(".maps");
